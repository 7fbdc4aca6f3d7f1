// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console_link.h"

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
    [[nodiscard]] bool isBusy() const { return m_busy; }
    [[nodiscard]] QString message() const { return m_message; }
    [[nodiscard]] bool hasFailed() const { return m_failed; }

    /// A file that is there already is replaced only at the second time.
    Q_INVOKABLE void save();

Q_SIGNALS:
    void changed();

private:
    void suggest();
    void write(const QString &path, const Expected<QByteArray> &file);
    void say(const QString &message, bool failed);

    ConsoleLink &m_link;
    QString m_folder;
    QString m_session;
    int m_format = 0;
    QString m_path;
    QString m_mayReplace;
    bool m_busy = false;
    bool m_failed = false;
    QString m_message;
};

} // namespace loquat
