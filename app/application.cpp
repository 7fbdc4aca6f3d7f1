// SPDX-License-Identifier: GPL-3.0-or-later
#include "application.h"

#include "commands/command_line.h"
#include "console_run.h"
#include "heap_relief.h"
#include "logging.h"
#include "options.h"
#include "service.h"
#include "unix_signals.h"

#include <QCoreApplication>
#include <QProcessEnvironment>
#include <QTemporaryDir>

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr unsigned longestStopNow = 5; ///< seconds

void say(std::FILE *stream, const QString &line)
{
    std::fprintf(stream, "%s\n", qUtf8Printable(line));
    std::fflush(stream);
}

QHash<QString, QString> environment()
{
    QHash<QString, QString> values;
    const auto system = QProcessEnvironment::systemEnvironment();
    for (const QString &key : system.keys())
        values.insert(key, system.value(key));
    return values;
}

/// Each client is a descriptor; the usual soft limit of 1024 is for programs that do not know better.
void raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

bool isSimulationWanted(const Options &options)
{
    return options.run == Options::Run::Demo || !options.environment.value(u"LOQUAT_PROVIDERS"_s).isEmpty();
}

/// `tidyUp` is called before the process ends on the spot.
void obeySignals(UnixSignals &unixSignals, Service &service, const std::function<void()> &tidyUp)
{
    const auto stopNow = [&service, tidyUp, asked = std::make_shared<bool>(false)] {
        if (std::exchange(*asked, true))
            return;
        // Unless the disk does not answer.
        std::signal(SIGALRM, [](int) { std::_Exit(exitFailure); });
        ::alarm(longestStopNow);
        service.stopNow([tidyUp](bool kept) {
            if (!kept)
                say(stderr, u"loquat: not everything that was said could be written to the disk"_s);
            tidyUp();
            std::_Exit(kept ? 0 : exitFailure);
        });
    };
    QObject::connect(&unixSignals, &UnixSignals::reloadRequested, &service, &Service::reloadTls);
    QObject::connect(&unixSignals, &UnixSignals::stopNowRequested, &service, stopNow);
    QObject::connect(&unixSignals, &UnixSignals::stopRequested, &service, [&service, stopNow] {
        if (service.isStopping()) // the window was closed
            stopNow();
        else
            service.shutDown([] { QCoreApplication::exit(0); });
    });
    QObject::connect(&service, &Service::kept, &service, &UnixSignals::letEnd);
}

} // namespace

int runApplication(int argc, char *argv[])
{
    QCoreApplication::setApplicationName(u"loquat"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(LOQUAT_VERSION));
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    if (isCommand(arguments)) {
        const QCoreApplication application(argc, argv);
        return runCommand(arguments, environment());
    }
    auto options = parseOptions(arguments, environment());
    if (!options)
        return complain(options.error(), exitWrongSetting);
    const bool windowed = options->run == Options::Run::Console || options->run == Options::Run::Demo ||
                          options->run == Options::Run::Connect;
    if (windowed)
        if (const auto possible = consolePossible(); !possible)
            return complain(possible.error(), exitWrongSetting);

    // Qt's threads would wait in GLib's loop, which nothing here needs and which costs a fifth of a token.
    if (!windowed)
        qputenv("QT_NO_GLIB", "1");
    UnixSignals::block();
    const std::unique_ptr<QCoreApplication> application =
        windowed ? makeConsoleApplication(argc, argv) : std::make_unique<QCoreApplication>(argc, argv);
    UnixSignals unixSignals;
    if (options->run == Options::Run::Help) {
        say(stdout, helpText());
        return 0;
    }
    if (options->run == Options::Run::Version) {
        say(stdout, u"loquat "_s + QCoreApplication::applicationVersion());
        return 0;
    }
    setUpLogging(options->logLevel);
    raiseDescriptorLimit();
    for (const QString &note : options->notes)
        say(stderr, u"loquat: "_s + note);

    if (options->run == Options::Run::Connect) {
        QObject::connect(&unixSignals, &UnixSignals::stopRequested, application.get(),
                         [] { QCoreApplication::exit(0); });
        QObject::connect(&unixSignals, &UnixSignals::stopNowRequested, application.get(),
                         [] { std::_Exit(0); });
        return runRemoteConsole(*options);
    }
    // A demonstration leaves nothing behind.
    std::optional<QTemporaryDir> temporary;
    if (options->run == Options::Run::Demo) {
        temporary.emplace();
        options->dataDir = temporary->path();
        options->databaseUrl.clear();
        options->supabase = {};
        options->fleet = {};
        options->providers = {{u"simulated"_s, {}, {}, u"simulated"_s, {}}};
    }
    auto service = Service::create(*options);
    if (!service)
        return complain(service.error(), exitWrongSetting);
    obeySignals(unixSignals, **service, [&temporary] {
        if (temporary)
            temporary->remove();
    });
    const auto address = (*service)->start();
    if (!address)
        return complain(address.error(),
                        address.error().code == "cannot_listen"_L1 ? exitWrongSetting : exitFailure);
    const HeapRelief relief;
    say(stdout, u"listening on "_s + address->toString());
    if ((*service)->backend().status().modelSimulated)
        say(stderr, isSimulationWanted(*options)
                        ? u"loquat: the simulated model answers"_s
                        : u"loquat: no model is configured, the simulated one answers (set OPENAI_API_KEY, "
                          "GROQ_API_KEY, GEMINI_API_KEY or ANTHROPIC_API_KEY, or OPENAI_BASE_URL)"_s);
    return windowed ? runConsole(**service, *options) : QCoreApplication::exec();
}

} // namespace loquat
