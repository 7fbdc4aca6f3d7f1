// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fakes/manual_clock.h"
#include "llm/simulated_model.h"
#include "tools/builtin_tools.h"
#include "tools/toolbox.h"

#include <QJsonDocument>

namespace loquat {

/// The simulated model in virtual time, with the built-in tools.
class SimulatedStage : public QObject
{
protected:
    struct Heard
    {
        QString text;
        QStringList words;
        QList<qint64> at; ///< virtual milliseconds since the start, by word
        ChatOutcome outcome;
        int ends = 0;
    };

    fakes::ManualClock m_clock;
    SimulatedModel m_model{m_clock};

    Heard ask(const ChatRequest &request)
    {
        Heard heard;
        const qint64 began = m_clock.nowMs();
        const auto reply = m_model.start(request);
        connect(reply.get(), &ChatReply::delta, this, [&](const QString &word) {
            heard.text += word;
            heard.words.append(word);
            heard.at.append(m_clock.nowMs() - began);
        });
        connect(reply.get(), &ChatReply::finished, this, [&](const ChatOutcome &outcome) {
            heard.outcome = outcome;
            ++heard.ends;
        });
        m_clock.runUntilIdle();
        return heard;
    }

    static QList<ToolSpec> tools()
    {
        QList<ToolSpec> specs;
        for (const auto &tool : builtinTools())
            specs.append(tool->spec());
        return specs;
    }

    Heard say(const QString &text) { return ask({{user(text)}, tools(), Purpose::Reply}); }

    /// Asks, runs the tools that it calls, and returns what it says in the end.
    Heard converse(const QString &text)
    {
        Toolbox toolbox(m_clock);
        for (auto &tool : builtinTools())
            if (!toolbox.add(std::move(tool)))
                qFatal("a built-in tool was refused");
        ChatRequest request{{user(text)}, tools(), Purpose::Reply};
        Heard heard = ask(request);
        request.messages.append({Role::Assistant, {}, heard.outcome.toolCalls, {}});
        for (const auto &call : std::as_const(heard.outcome.toolCalls))
            toolbox.call(call, {}, [&](const ToolOutcome &outcome) {
                const auto json = QJsonDocument(outcome.result.toObject()).toJson(QJsonDocument::Compact);
                request.messages.append({Role::Tool, QString::fromUtf8(json), {}, call.id});
            });
        return ask(request);
    }

    static ChatMessage user(const QString &text) { return {Role::User, text, {}, {}}; }
    static ChatMessage system(const QString &text) { return {Role::System, text, {}, {}}; }
};

} // namespace loquat
