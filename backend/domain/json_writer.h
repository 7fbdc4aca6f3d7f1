// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/json_text.h"

#include <optional>

namespace loquat {

/// Writes the text of one JSON object, member by member in the order given, without building the object
/// first: for frames and requests that every turn has. Names are taken as they are.
class JsonWriter
{
public:
    JsonWriter &text(QLatin1StringView name, QStringView value)
    {
        begin(name);
        appendJsonText(m_json, QLatin1StringView("\""), value, QLatin1StringView("\""));
        return *this;
    }

    JsonWriter &number(QLatin1StringView name, qint64 value) { return json(name, QString::number(value)); }

    /// null if there is none.
    JsonWriter &number(QLatin1StringView name, std::optional<qint64> value)
    {
        return value ? number(name, *value) : json(name, u"null");
    }

    JsonWriter &flag(QLatin1StringView name, bool value) { return json(name, value ? u"true" : u"false"); }

    JsonWriter &value(QLatin1StringView name, const QJsonValue &value) { return json(name, jsonText(value)); }

    /// `value`: JSON already.
    JsonWriter &json(QLatin1StringView name, QStringView value)
    {
        begin(name);
        m_json += value;
        return *this;
    }

    [[nodiscard]] QString object() const { return m_json + u'}'; }

private:
    void begin(QLatin1StringView name)
    {
        if (m_json.size() > 1)
            m_json += u',';
        m_json += u'"';
        m_json += name;
        m_json += QLatin1StringView("\":");
    }

    QString m_json{u'{'};
};

} // namespace loquat
