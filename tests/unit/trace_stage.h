// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "telemetry/trace_builder.h"

#include <QJsonArray>
#include <QJsonObject>

namespace loquat {

using namespace Qt::StringLiterals;

/// A session's events, and the spans that they made.
class TraceStage
{
protected:
    void restart()
    {
        m_builder = {};
        m_spans = {};
    }
    void take(qint64 seq, qint64 atMs, EventType type, const QJsonObject &meta = {})
    {
        for (const QJsonValue &span :
             m_builder.take({u"s"_s, seq, atMs, type, Role::System, u"secret"_s, meta}))
            m_spans.append(span);
    }
    [[nodiscard]] QList<QJsonObject> spans(const QString &name) const
    {
        QList<QJsonObject> found;
        for (const QJsonValue &each : m_spans)
            if (each["name"_L1].toString() == name)
                found.append(each.toObject());
        return found;
    }
    [[nodiscard]] QJsonObject span(const QString &name) const { return spans(name).value(0); }
    static QString attribute(const QJsonObject &span, const QString &key)
    {
        const QJsonArray attributes = span["attributes"_L1].toArray();
        for (const QJsonValue &each : attributes)
            if (each["key"_L1].toString() == key)
                return each["value"_L1].toObject().begin()->toVariant().toString();
        return {};
    }

    TraceBuilder m_builder;
    QJsonArray m_spans;
};

} // namespace loquat
