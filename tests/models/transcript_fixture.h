// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transcript_model.h"
#include "scripted_link.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

namespace loquat::fakes {

using namespace Qt::StringLiterals;
using Field = TranscriptModel::Role;

inline const QString id = u"s"_s;

inline Event ai(qint64 seq, const QString &text, const QString &finish = u"stop"_s)
{
    return anEvent(id, seq, EventType::AiMessage, text,
                   {{"turn"_L1, 1},
                    {"final"_L1, true},
                    {"finish"_L1, finish},
                    {"ttft_ms"_L1, 212},
                    {"duration_ms"_L1, 1212},
                    {"usage"_L1, QJsonObject{{"output_tokens"_L1, 62}}}});
}

inline Event toolCall(qint64 seq, const QString &callId)
{
    return anEvent(id, seq, EventType::ToolCall, u"ship"_s,
                   {{"call_id"_L1, callId}, {"args"_L1, QJsonObject{{"kg"_L1, 5}}}});
}

inline Event toolResult(qint64 seq, const QString &callId, bool ok)
{
    return anEvent(id, seq, EventType::ToolResult, u"\"$20\""_s,
                   {{"call_id"_L1, callId}, {"ok"_L1, ok}, {"ms"_L1, 3}});
}

inline Delta token(const QString &text)
{
    return {id, 1, text, 1, 1'700'000'005'000};
}

inline Event approval(qint64 seq, const QString &callId, const QString &decision)
{
    return anEvent(id, seq, EventType::ToolApproval, u"ship"_s,
                   {{"call_id"_L1, callId}, {"tool"_L1, u"ship"_s}, {"decision"_L1, decision}});
}

/// An empty transcript that is watched: it never resets.
struct TranscriptFixture
{
    TranscriptModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::QtTest};
    QSignalSpy resets{&model, &QAbstractItemModel::modelReset};

    QString at(int row, Field role) const { return model.index(row).data(role).toString(); }
    ~TranscriptFixture() { QVERIFY(resets.isEmpty()); }
};

} // namespace loquat::fakes
