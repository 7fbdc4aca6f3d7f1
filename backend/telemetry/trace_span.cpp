// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/trace_span.h"

#include <QCryptographicHash>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr int statusError = 2; // of StatusCode, there as well

QString nanoseconds(qint64 ms)
{
    return QString::number(ms) + u"000000"_s;
}

} // namespace

QString hexId(const QString &of, qsizetype bytes)
{
    const QByteArray hash = QCryptographicHash::hash(of.toUtf8(), QCryptographicHash::Sha256);
    return QString::fromLatin1(hash.first(bytes).toHex());
}

QString spanId(const QString &sessionId, qint64 seq, QLatin1StringView what)
{
    return hexId(sessionId + u'|' + QString::number(seq) + u'|' + what, 8);
}

QString rootId(const QString &sessionId, qint64 startedSeq)
{
    return spanId(sessionId, startedSeq, "session"_L1);
}

Span::Span(const Event &event, const QString &name, int kind, qint64 startMs, qint64 endMs, const QString &id)
    : m_json{{"traceId"_L1, hexId(event.sessionId, 16)},
             {"spanId"_L1, id},
             {"name"_L1, name},
             {"kind"_L1, kind},
             {"startTimeUnixNano"_L1, nanoseconds(startMs)},
             {"endTimeUnixNano"_L1, nanoseconds(std::max(startMs, endMs))}}
{
    set("gen_ai.conversation.id"_L1, event.sessionId);
}

Span &Span::under(const QString &parent)
{
    m_json["parentSpanId"_L1] = parent;
    return *this;
}

Span &Span::set(QLatin1StringView key, const QJsonValue &value)
{
    if (value.isString() && !value.toString().isEmpty())
        add(key, {{"stringValue"_L1, value}});
    else if (value.isDouble() && value.toDouble() == double(value.toInteger()))
        add(key, {{"intValue"_L1, QString::number(value.toInteger())}});
    else if (value.isDouble())
        add(key, {{"doubleValue"_L1, value}});
    return *this;
}

Span &Span::list(QLatin1StringView key, const QString &only)
{
    if (!only.isEmpty())
        add(key, {{"arrayValue"_L1,
                   QJsonObject{{"values"_L1, QJsonArray{QJsonObject{{"stringValue"_L1, only}}}}}}});
    return *this;
}

Span &Span::failed(const QString &code)
{
    m_json["status"_L1] = QJsonObject{{"code"_L1, statusError}};
    return set("error.type"_L1, code.isEmpty() ? u"failed"_s : code);
}

QJsonObject Span::json() const
{
    QJsonObject json = m_json;
    json["attributes"_L1] = m_attributes;
    return json;
}

void Span::add(QLatin1StringView key, const QJsonObject &value)
{
    m_attributes.append(QJsonObject{{"key"_L1, key}, {"value"_L1, value}});
}

} // namespace loquat
