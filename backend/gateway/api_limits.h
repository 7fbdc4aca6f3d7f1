// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <chrono>

namespace loquat {

/// What operators' clients may use, each and together.
struct ApiLimits
{
    int maxRequests = 200;                        ///< HTTP requests under way; beyond: 503
    qsizetype maxBodyBytes = 64 * 1024;           ///< of a POST; beyond: 413
    std::chrono::milliseconds bodyTime{10'000};   ///< until the body is there; beyond: closed
    std::chrono::milliseconds answerTime{30'000}; ///< an answer that nobody goes on reading is given up then
    /// Who takes an answer more slowly is let go, however steadily: it is held in memory meanwhile.
    qint64 leastBytesPerSecond = 32 * 1024;
    int sessionPage = 50;
    int maxSessionPage = 200;
    int eventPage = 200;
    int maxEventPage = 1'000;
    qsizetype maxExportEvents = 100'000; ///< of one session over HTTP; beyond: 413

    std::chrono::milliseconds beat{33};          ///< what happened meanwhile goes out together
    std::chrono::milliseconds heartbeat{15'000}; ///< a sign of life to whoever only listens
    std::chrono::milliseconds stallTime{60'000}; ///< a reader that takes nothing for so long is dropped
    int maxLiveReaders = 64;                     ///< of /api/live; beyond: 503
    qint64 maxUnsentBytes = 1024 * 1024;         ///< to one of them; beyond, it is sent nothing for a while
    int replayPage = 500;                        ///< events read from the journal at once
    qsizetype replayCharacters = 1'000'000;      ///< and their text
    size_t recentEvents = 2'000;                 ///< kept for all readers together
    qsizetype recentBytes = 4 * 1024 * 1024;     ///< and their size
    int maxOperators = 64;                       ///< WebSockets; beyond: 503
    int maxUnproven = 16;                        ///< of them, those that have yet to send their token
    std::chrono::milliseconds proofTime{10'000}; ///< until they must have
    quint64 maxOperatorFrame = 256 * 1024;       ///< from an operator; beyond: close 1009
    quint64 maxOperatorMessage = 256 * 1024;     ///< the same of a message of several frames
    qint64 maxOperatorUnsent = 16 * 1024 * 1024; ///< to one; beyond, batches are left out and "gap" says so
    int maxOperatorRequests = 32;                ///< of one operator, not yet answered
    qsizetype snapshotChunk = 500;               ///< sessions in one frame
    int maxNodeRequests = 500;                   ///< the same of another node, for all its operators
    qsizetype maxWatched = 16;                   ///< sessions that one operator watches; more are not
    qsizetype maxWatchedByNode = 64;             ///< the same for another node
};

} // namespace loquat
