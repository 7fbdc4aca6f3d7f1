// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QJsonArray>
#include <QJsonObject>

namespace loquat {

// Of SpanKind in opentelemetry/proto/trace/v1/trace.proto.
inline constexpr int internalKind = 1;
inline constexpr int serverKind = 2;
inline constexpr int clientKind = 3;

/// In hexadecimal digits; what it is made of decides it.
QString hexId(const QString &of, qsizetype bytes);
QString spanId(const QString &sessionId, qint64 seq, QLatin1StringView what);
/// A session that is resumed after its end has another span, in the same trace.
QString rootId(const QString &sessionId, qint64 startedSeq);

/// A span of an event's session, as OTLP's JSON has it.
class Span
{
public:
    Span(const Event &event, const QString &name, int kind, qint64 startMs, qint64 endMs, const QString &id);

    Span &under(const QString &parent);
    Span &set(QLatin1StringView key, const QJsonValue &value);
    /// A list of one; nothing where it is not known.
    Span &list(QLatin1StringView key, const QString &only);
    Span &failed(const QString &code);
    [[nodiscard]] QJsonObject json() const;

private:
    void add(QLatin1StringView key, const QJsonObject &value);

    QJsonObject m_json;
    QJsonArray m_attributes;
};

} // namespace loquat
