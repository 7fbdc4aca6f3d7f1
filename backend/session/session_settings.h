// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/profile.h"

#include <QString>

#include <chrono>

namespace loquat {

struct SessionSettings
{
    Profile profile;                  ///< prompt, temperature and routes of conversations that name none
    QHash<QString, Profile> profiles; ///< those a connection may name
    QString nodeId;
    int maxToolRounds = 5;            ///< per turn; after that the model must answer without tools
    qsizetype maxQueuedMessages = 32; ///< waiting behind a running reply
    /// In each thread: ended sessions that wait in memory for their summary; beyond, one leaves it and the
    /// live list, and waits on disk.
    qsizetype maxWaitingSummaries = 64;
    /// In each thread: those on disk whose ids are remembered; beyond, they are looked for there when it is
    /// their turn.
    qsizetype maxPutOffSummaries = 10'000;
    std::optional<qint64> contextTokens = std::nullopt; ///< a model's window; absent: what is known of it
    qint64 replyTokens = 4096; ///< of the window, kept free for a reply whose length is not limited
    std::chrono::milliseconds gracePeriod{30'000};    ///< how long a lost connection may come back
    std::chrono::milliseconds turnLimit{300'000};     ///< a whole turn, tools included
    std::chrono::milliseconds approvalLimit{120'000}; ///< then a tool call nobody approved is denied
    std::chrono::milliseconds clientToolLimit{
        120'000};                                   ///< then a call that the client does not answer failed
    std::chrono::milliseconds storeRetry{1'000};    ///< between attempts while the journal refuses
    std::chrono::milliseconds summaryLimit{30'000}; ///< then the summary is taken from the transcript
};

} // namespace loquat
