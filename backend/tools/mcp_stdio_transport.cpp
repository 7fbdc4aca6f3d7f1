// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/mcp_stdio_transport.h"

#include <QJsonDocument>
#include <QPointer>
#include <QTimer>

#include <sys/prctl.h>

#include <chrono>
#include <csignal>

namespace loquat {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto timeToEnd = 2s;                                   ///< after its input has been closed
constexpr auto timeToTerminate = 4s;                             ///< likewise
constexpr qsizetype maxUnreadBytes = qsizetype(8) * 1024 * 1024; ///< of what the program has not taken yet

/// Lets go of a program that may still run. QProcess's destructor would wait for it.
void endProcess(QProcess *process)
{
    process->disconnect();
    if (process->state() == QProcess::NotRunning) {
        process->deleteLater();
        return;
    }
    QObject::connect(process, &QProcess::finished, process, &QObject::deleteLater);
    QObject::connect(process, &QProcess::errorOccurred, process, [process](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            process->deleteLater();
    });
    // Nobody reads it any more: it must not wait for us.
    QObject::connect(process, &QProcess::readyReadStandardOutput, process,
                     [process] { process->readAllStandardOutput(); });
    process->closeWriteChannel();
    QTimer::singleShot(timeToEnd, process, &QProcess::terminate);
    QTimer::singleShot(timeToTerminate, process, &QProcess::kill);
}

} // namespace

McpStdioTransport::McpStdioTransport(const McpServerSettings &settings)
    : m_name(settings.name)
    , m_process(std::make_unique<QProcess>())
{
    m_process->setProgram(settings.command);
    m_process->setArguments(settings.arguments);
    m_process->setProcessEnvironment(settings.environment);
    if (!settings.folder.isEmpty())
        m_process->setWorkingDirectory(settings.folder);
    m_process->setStandardErrorFile(QProcess::nullDevice());
    // Where this thread ends before the timers of endProcess() do, or with the whole program.
    m_process->setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGTERM); });
    connect(m_process.get(), &QProcess::readyReadStandardOutput, this, &McpStdioTransport::read);
    // Queued: a program that cannot be started says so from within start().
    connect(
        m_process.get(), &QProcess::errorOccurred, this,
        [this](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart)
                fail({u"mcp_start"_s,
                      u"The MCP server %1 cannot be started: '%2': %3."_s.arg(m_name, m_process->program(),
                                                                              m_process->errorString()),
                      u"Check its command, and its cwd."_s, true});
        },
        Qt::QueuedConnection);
    connect(
        m_process.get(), &QProcess::finished, this,
        [this] {
            fail({u"mcp_closed"_s, u"The MCP server %1 has ended."_s.arg(m_name), {}, true});
        },
        Qt::QueuedConnection);
}

McpStdioTransport::~McpStdioTransport()
{
    endProcess(m_process.release());
}

void McpStdioTransport::start()
{
    m_process->start();
}

void McpStdioTransport::send(const QJsonObject &message)
{
    if (m_closed || m_process->state() == QProcess::NotRunning)
        return;
    if (m_process->bytesToWrite() > maxUnreadBytes) {
        QMetaObject::invokeMethod(
            this,
            [this] {
                fail({u"mcp_stuck"_s, u"The MCP server %1 does not read."_s.arg(m_name), {}, true});
            },
            Qt::QueuedConnection);
        return;
    }
    m_process->write(QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n');
}

void McpStdioTransport::read()
{
    QList<McpMessage> messages;
    const auto fed = m_lines.feed(m_process->readAllStandardOutput(), [&messages](QByteArrayView line) {
        if (const auto message = parseMcpMessage(line)) // some write their log here: that is passed over
            messages.append(*message);
    });
    const QPointer<McpStdioTransport> self = this;
    for (const auto &message : messages) {
        Q_EMIT received(message);
        if (!self)
            return;
    }
    if (!fed)
        fail(fed.error());
}

void McpStdioTransport::fail(const Error &why)
{
    if (!std::exchange(m_closed, true))
        Q_EMIT closed(why);
}

} // namespace loquat
