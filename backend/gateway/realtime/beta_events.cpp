// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/realtime/beta_events.h"

#include <QHash>
#include <QJsonArray>

namespace loquat::realtime {

using namespace Qt::StringLiterals;

namespace {

void rename(QJsonObject &object, QLatin1StringView from, QLatin1StringView to)
{
    if (const QJsonValue value = object.take(from); !value.isUndefined())
        object.insert(to, value);
}

QJsonObject itemAsBeta(QJsonObject item)
{
    QJsonArray content = item.value("content"_L1).toArray();
    for (QJsonValueRef each : content) {
        QJsonObject part = each.toObject();
        if (part.value("type"_L1) == "output_text"_L1)
            part.insert("type"_L1, "text"_L1);
        each = part;
    }
    if (!content.isEmpty())
        item.insert("content"_L1, content);
    return item;
}

/// Its clients may stop at an item of a kind that they do not know.
bool isInBeta(const QJsonObject &item)
{
    return item.value("type"_L1) != "mcp_call"_L1;
}

QJsonObject responseAsBeta(QJsonObject response)
{
    rename(response, "output_modalities"_L1, "modalities"_L1);
    QJsonArray output;
    for (const QJsonValue &item : response.value("output"_L1).toArray())
        if (isInBeta(item.toObject()))
            output.append(itemAsBeta(item.toObject()));
    response.insert("output"_L1, output);
    return response;
}

QJsonObject sessionAsBeta(QJsonObject session)
{
    session.remove("type"_L1);
    rename(session, "output_modalities"_L1, "modalities"_L1);
    rename(session, "max_output_tokens"_L1, "max_response_output_tokens"_L1);
    return session;
}

} // namespace

bool putAsBeta(QString &type, QJsonObject &fields)
{
    static const QHash<QString, QString> names{{u"conversation.item.added"_s, u"conversation.item.created"_s},
                                               {u"response.output_text.delta"_s, u"response.text.delta"_s},
                                               {u"response.output_text.done"_s, u"response.text.done"_s}};
    if (type == "conversation.item.done"_L1 || type.startsWith("response.mcp_call"_L1))
        return false;
    type = names.value(type, type);
    if (const QJsonObject item = fields.value("item"_L1).toObject(); !item.isEmpty()) {
        if (!isInBeta(item))
            return false;
        fields.insert("item"_L1, itemAsBeta(item));
    }
    if (const QJsonObject response = fields.value("response"_L1).toObject(); !response.isEmpty())
        fields.insert("response"_L1, responseAsBeta(response));
    if (const QJsonObject session = fields.value("session"_L1).toObject(); !session.isEmpty())
        fields.insert("session"_L1, sessionAsBeta(session));
    return true;
}

} // namespace loquat::realtime
