// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/realtime/client_event.h"

#include <QJsonArray>

namespace loquat::realtime {

/// Reads the fields of an event one after another and remembers the first that is wrong; what is read after
/// that is empty. A field that is null counts as absent.
class FieldReader
{
public:
    [[nodiscard]] const std::optional<Fault> &fault() const { return m_fault; }
    void blame(const QString &code, const QString &param, const QString &message);

    /// Absent without a fault only where it is not `required`.
    std::optional<QString> text(const QJsonObject &from, const QString &path, QLatin1StringView key,
                                bool required = false);
    std::optional<QJsonObject> object(const QJsonObject &from, const QString &path, QLatin1StringView key,
                                      bool required = false);
    std::optional<QJsonArray> array(const QJsonObject &from, const QString &path, QLatin1StringView key,
                                    bool required = false);
    std::optional<bool> flag(const QJsonObject &from, const QString &path, QLatin1StringView key);
    /// An id: absent or 1 to 128 characters.
    QString id(const QJsonObject &from, const QString &path, QLatin1StringView key, bool required = false);

    static QString pathOf(const QString &path, QLatin1StringView key);

private:
    /// `name`: of the type, with its article.
    std::optional<QJsonValue> typed(QJsonValue::Type type, QLatin1StringView name, const QJsonObject &from,
                                    const QString &path, QLatin1StringView key, bool required);

    std::optional<Fault> m_fault;
};

/// What a `session` or a `response` asks of replies.
ReplyChange readReplyChange(FieldReader &read, const QJsonObject &from, const QString &path);

} // namespace loquat::realtime
