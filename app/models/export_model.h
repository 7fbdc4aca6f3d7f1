// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console_link.h"

#include <QHash>
#include <QSet>
#include <QStringList>
#include <qqmlregistration.h>

namespace loquat {

/// Saves a stored session as a file: in which format, where, and what came of it in words.
class ExportModel : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by HistoryPageModel")
    Q_PROPERTY(QList<QString> formats READ formats CONSTANT)
    Q_PROPERTY(int format READ format WRITE setFormat NOTIFY changed)
    Q_PROPERTY(QString path READ path WRITE setPath NOTIFY changed)
    Q_PROPERTY(bool busy READ isBusy NOTIFY changed)
    Q_PROPERTY(QString message READ message NOTIFY changed)
    Q_PROPERTY(bool failed READ hasFailed NOTIFY changed)

public:
    /// `link` outlives it.
    explicit ExportModel(ConsoleLink &link, QObject *parent = nullptr);

    /// Which session; suggests a path.
    void setSession(const QString &sessionId);
    /// Where suggested paths are; the person's downloads unless it is set.
    void setFolder(const QString &folder);

    [[nodiscard]] QStringList formats() const;
    [[nodiscard]] int format() const { return m_format; }
    void setFormat(int format);
    [[nodiscard]] QString path() const { return m_path; }
    void setPath(const QString &path);
    [[nodiscard]] bool isBusy() const { return m_saving.contains(m_session); }
    [[nodiscard]] QString message() const { return m_said.text; }
    [[nodiscard]] bool hasFailed() const { return m_said.failed; }

    /// A file that is there already is replaced only at the second time. It is written also when another
    /// session is looked at by then.
    Q_INVOKABLE void save();

Q_SIGNALS:
    void changed();

private:
    struct Saying
    {
        QString text;
        bool failed = false;
    };

    void suggest();
    [[nodiscard]] static Saying write(const QString &path, const Expected<QByteArray> &file);
    void say(const Saying &saying);

    ConsoleLink &m_link;
    QString m_folder;
    QString m_session;
    int m_format = 0;
    QString m_path;
    QString m_mayReplace;
    QSet<QString> m_saving; ///< sessions whose file is still to come
    Saying m_said;
    QHash<QString, Saying> m_unread; ///< what came of a session that was not looked at
};

} // namespace loquat
