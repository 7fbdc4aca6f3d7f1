// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/export_model.h"

#include <QDir>
#include <QFileInfo>
#include <QPointer>
#include <QSaveFile>
#include <QStandardPaths>

#include <array>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

struct Format
{
    const char *name; ///< for people
    const char *id;
    const char *suffix;
};

constexpr std::array known{Format{"JSON", "json", ".json"}, Format{"JSON Lines", "jsonl", ".jsonl"},
                           Format{"Markdown", "markdown", ".md"}, Format{"CSV", "csv", ".csv"}};

} // namespace

ExportModel::ExportModel(ConsoleLink &link, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_folder(QStandardPaths::writableLocation(QStandardPaths::DownloadLocation))
{
    if (m_folder.isEmpty() || !QFileInfo(m_folder).isDir())
        m_folder = QDir::homePath();
}

QStringList ExportModel::formats() const
{
    QStringList names;
    for (const Format &format : known)
        names.append(QLatin1StringView(format.name));
    return names;
}

void ExportModel::setSession(const QString &sessionId)
{
    m_session = sessionId;
    m_busy = false;
    m_message.clear();
    suggest();
}

void ExportModel::setFolder(const QString &folder)
{
    m_folder = folder;
    suggest();
}

void ExportModel::suggest()
{
    m_path = m_session.isEmpty()
                 ? QString()
                 : QDir(m_folder).filePath(m_session + QLatin1StringView(known.at(size_t(m_format)).suffix));
    Q_EMIT changed();
}

void ExportModel::setFormat(int format)
{
    if (format == m_format || format < 0 || format >= int(known.size()))
        return;
    const QLatin1StringView before(known.at(size_t(m_format)).suffix);
    m_format = format;
    m_message.clear();
    if (m_path.endsWith(before))
        m_path = m_path.chopped(before.size()) + QLatin1StringView(known.at(size_t(format)).suffix);
    Q_EMIT changed();
}

void ExportModel::setPath(const QString &path)
{
    if (path == m_path)
        return;
    m_path = path;
    m_message.clear();
    Q_EMIT changed();
}

void ExportModel::save()
{
    if (m_busy || m_session.isEmpty())
        return;
    const QString path = m_path.startsWith("~/"_L1) ? QDir::homePath() + m_path.sliced(1) : m_path.trimmed();
    if (path.isEmpty())
        return say(u"Type where to save it."_s, true);
    if (QFileInfo(path).isDir())
        return say(u"%1 is a folder: add a file name."_s.arg(path), true);
    if (QFileInfo::exists(path) && m_mayReplace != path) {
        m_mayReplace = path;
        return say(u"There is a file of this name already. Save again to replace it."_s, true);
    }
    m_mayReplace.clear();
    m_busy = true;
    say(u"Saving …"_s, false);
    m_link.exportSession(
        m_session, QLatin1StringView(known.at(size_t(m_format)).id),
        [self = QPointer(this), session = m_session, path](const Expected<QByteArray> &file) {
            if (self && self->m_session == session)
                self->write(path, file);
        });
}

void ExportModel::write(const QString &path, const Expected<QByteArray> &file)
{
    m_busy = false;
    if (!file)
        return say(file.error().text(), true);
    // Whole or not at all.
    QSaveFile out(path);
    if (!out.open(QIODevice::WriteOnly) || out.write(*file) != file->size() || !out.commit())
        return say(u"It could not be saved to %1: %2. Choose another place."_s.arg(path, out.errorString()),
                   true);
    say(u"Saved to %1"_s.arg(path), false);
}

void ExportModel::say(const QString &message, bool failed)
{
    m_message = message;
    m_failed = failed;
    Q_EMIT changed();
}

} // namespace loquat
