// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/client_frame.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// Also with a comma too many, and as Python writes an object.
bool looksLikeAuth(const QString &frame)
{
    static const QRegularExpression form(uR"(["']type["']\s*:\s*["']auth["'])"_s);
    return form.match(frame).hasMatch();
}

} // namespace

Expected<ClientFrame> parseClientFrame(const QString &frame, bool plainText)
{
    using Kind = ClientFrame::Kind;
    if (!QStringView(frame).trimmed().startsWith(u'{'))
        return ClientFrame{Kind::Message, frame};
    const QJsonDocument document = QJsonDocument::fromJson(frame.toUtf8());
    if (!document.isObject()) {
        if (looksLikeAuth(frame)) // what it holds must not be kept as a message
            return Error{u"bad_frame"_s, u"This looks like an auth frame, but is not JSON."_s,
                         u"Send {\"type\":\"auth\",\"token\":\"…\"}."_s, false};
        return ClientFrame{Kind::Message, frame};
    }
    const QJsonObject object = document.object();
    if (!object.contains("type"_L1)) {
        if (const QJsonValue message = object["message"_L1]; message.isString())
            return ClientFrame{Kind::Message, message.toString()};
        if (plainText)
            return ClientFrame{Kind::Message, frame};
        return Error{u"bad_frame"_s, u"A JSON frame needs a 'type', or a 'message' that is a string."_s,
                     u"Send plain text, {\"message\":\"…\"} or {\"type\":\"message\",\"content\":\"…\"}."_s,
                     false};
    }
    const QString type = object["type"_L1].toString();
    if (type == "message"_L1) {
        const QJsonValue content =
            object.contains("content"_L1) ? object["content"_L1] : object["message"_L1];
        if (!content.isString())
            return Error{u"bad_frame"_s, u"'content' of a message must be a string."_s, {}, false};
        return ClientFrame{Kind::Message, content.toString(), object["interrupt"_L1].toBool()};
    }
    if (type == "cancel"_L1) {
        const QJsonValue turn = object["turn"_L1];
        if (!turn.isUndefined() && turn.toInt() < 1)
            return Error{u"bad_frame"_s, u"'turn' of a cancel must be a number from 1 on."_s,
                         u"Send the 'turn' of the reply's 'start', or none for whichever runs."_s, false};
        return ClientFrame{Kind::Cancel, {}, false, turn.toInt()};
    }
    if (type == "end"_L1)
        return ClientFrame{Kind::End, {}};
    if (type == "ping"_L1)
        return ClientFrame{Kind::Ping, {}};
    if (type == "auth"_L1) {
        const QJsonValue token = object["token"_L1];
        if (!token.isString())
            return Error{u"bad_frame"_s, u"'token' of an auth must be a string."_s, {}, false};
        return ClientFrame{Kind::Auth, token.toString()};
    }
    return Error{u"unknown_type"_s, u"A frame of this 'type' is not known."_s,
                 u"Use message, cancel, end, ping or auth."_s, false};
}

} // namespace loquat
