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
    m_said = isBusy() ? Saying{u"Saving …"_s} : m_unread.take(sessionId);
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
    m_said = {};
    if (m_path.endsWith(before))
        m_path = m_path.chopped(before.size()) + QLatin1StringView(known.at(size_t(format)).suffix);
    Q_EMIT changed();
}

void ExportModel::setPath(const QString &path)
{
    if (path == m_path)
        return;
    m_path = path;
    m_said = {};
    Q_EMIT changed();
}

void ExportModel::save()
{
    if (isBusy() || m_session.isEmpty())
        return;
    const QString path = m_path.startsWith("~/"_L1) ? QDir::homePath() + m_path.sliced(1) : m_path.trimmed();
    if (path.isEmpty())
        return say({u"Type where to save it."_s, true});
    if (QFileInfo(path).isDir())
        return say({u"%1 is a folder: add a file name."_s.arg(path), true});
    if (QFileInfo::exists(path) && m_mayReplace != path) {
        m_mayReplace = path;
        return say({u"There is a file of this name already. Save again to replace it."_s, true});
    }
    m_mayReplace.clear();
    m_saving.insert(m_session);
    say({u"Saving …"_s});
    m_link.exportSession(
        m_session, QLatin1StringView(known.at(size_t(m_format)).id),
        [self = QPointer(this), session = m_session, path](const Expected<QByteArray> &file) {
            const Saying saying = write(path, file);
            if (!self)
                return;
            self->m_saving.remove(session);
            if (self->m_session == session)
                self->say(saying);
            else
                self->m_unread[session] = saying;
        });
}

ExportModel::Saying ExportModel::write(const QString &path, const Expected<QByteArray> &file)
{
    if (!file)
        return {file.error().text(), true};
    // Whole or not at all.
    QSaveFile out(path);
    if (!out.open(QIODevice::WriteOnly) || out.write(*file) != file->size() || !out.commit())
        return {u"It could not be saved to %1: %2. Choose another place."_s.arg(path, out.errorString()),
                true};
    return {u"Saved to %1"_s.arg(path)};
}

void ExportModel::say(const Saying &saying)
{
    m_said = saying;
    Q_EMIT changed();
}

} // namespace loquat
