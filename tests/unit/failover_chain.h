// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fakes/manual_clock.h"
#include "fakes/scripted_model.h"
#include "llm/failover_model.h"

namespace loquat::fakes {

using namespace Qt::StringLiterals;

inline const Error overloaded{u"model_overloaded"_s, u"It could not answer."_s, u"Try again."_s, true};
inline const Error unauthorized{u"model_unauthorized"_s, u"It refused the key."_s, u"Check it."_s, false};

inline Error rateLimited(qint64 afterMs)
{
    return {u"model_rate_limited"_s, u"Too many requests."_s, {}, true, afterMs};
}

/// A FailoverModel over scripted ones, and one running call with what it told.
struct Chain
{
    explicit Chain(int providers, FailoverSettings settings = {})
    {
        std::vector<NamedModel> models;
        for (int i = 0; i < providers; ++i) {
            auto each = std::make_unique<fakes::ScriptedModel>(u"model-%1"_s.arg(i));
            models_.push_back(each.get());
            models.push_back({u"p%1"_s.arg(i), std::move(each)});
        }
        model = std::make_unique<FailoverModel>(std::move(models), settings, clock, QRandomGenerator(7));
    }

    void start(const ChatRequest &request = {})
    {
        text.clear();
        outcome.reset();
        error.reset();
        ends = 0;
        reply = model->start(request);
        QObject::connect(reply.get(), &ChatReply::delta, reply.get(),
                         [this](const QString &t) { text += t; });
        QObject::connect(reply.get(), &ChatReply::finished, reply.get(), [this](const ChatOutcome &o) {
            outcome = o;
            ++ends;
        });
        QObject::connect(reply.get(), &ChatReply::failed, reply.get(), [this](const Error &e) {
            error = e;
            ++ends;
        });
    }

    fakes::ScriptedModel &operator[](size_t index) { return *models_.at(index); }

    fakes::ManualClock clock;
    std::vector<fakes::ScriptedModel *> models_;
    std::unique_ptr<FailoverModel> model;
    std::unique_ptr<ChatReply> reply;
    QString text;
    std::optional<ChatOutcome> outcome;
    std::optional<Error> error;
    int ends = 0;
};

} // namespace loquat::fakes
