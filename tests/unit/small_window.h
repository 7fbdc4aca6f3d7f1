// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fakes/session_stage.h"

namespace loquat::fakes {

using namespace Qt::StringLiterals;

/// A window in which about three turns of these tests fit.
struct SmallWindow : SessionStage
{
    SmallWindow()
    {
        settings.contextTokens = 500;
        settings.replyTokens = 100;
        settings.profile.systemPrompt = u"Be brief."_s;
        restart();
    }

    /// One turn of about 105 tokens.
    void talk(Session &session, const QString &marker)
    {
        session.userMessage(marker + QString(400, u'x'));
        reply().push(u"ok"_s);
        reply().finish();
    }
    /// Fills the window to its rim.
    void fill(Session &session)
    {
        for (const QString &marker : {u"first"_s, u"second"_s, u"third"_s})
            talk(session, marker);
    }
    /// As a provider whose model reads less than this conversation has.
    void refuse(std::optional<qint64> window = {})
    {
        Error error{u"model_context_length"_s, u"It reads no more."_s, {}, false};
        error.contextTokens = window;
        reply().fail(error);
    }
    [[nodiscard]] QString sent() const
    {
        QString all;
        for (const ChatMessage &message : model.lastCall().request.messages)
            all += message.content + u'\n';
        return all;
    }
};

} // namespace loquat::fakes
