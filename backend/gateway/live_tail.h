// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/held_tokens.h"
#include "gateway/operator_parts.h"

#include <QTimer>

#include <deque>

namespace loquat {

/// What happens, for those who follow it: once a beat, and only while somebody does. Live batches come from
/// the feed, at once; events with their ids come from the journal, once they are on disk. The newest of the
/// latter are kept, encoded, for all readers together; who is further behind reads the journal. Tokens are
/// told between the events they belong between.
class LiveTail final : public QObject
{
    Q_OBJECT

public:
    struct Frames
    {
        QByteArray bytes;
        qint64 upTo = 0; ///< id of the last one, or where it began if there is none
    };

    explicit LiveTail(OperatorParts &parts, QObject *parent = nullptr);

    /// How many read events and how many read batches.
    void setReaders(int events, int batches);
    void stop();

    /// Id of the newest event that readers may be told; what was said before it has been told by tokens().
    [[nodiscard]] qint64 position() const { return m_position; }
    /// Up to `maxBytes` of what came after `id` (at least one event if there is one). nullopt: `id` is
    /// further back than what is kept.
    [[nodiscard]] std::optional<Frames> recent(qint64 id, qsizetype maxBytes) const;
    /// The same from the journal, never beyond position(); at most a page.
    void read(qint64 id, std::function<void(Expected<Frames>)> found);

Q_SIGNALS:
    /// `gapped`: earlier ones were lost.
    void batch(const loquat::LiveBatch &batch, bool gapped);
    void farBatch(const loquat::LiveBatch &batch, bool gapped); ///< of other nodes
    void tokens(const QByteArray &frames);
    void advanced(); ///< position() has

private:
    void beat();
    void hold(const LiveBatch &taken, bool gapped);
    void follow(qint64 upTo);
    void keep(const QList<JournalEntry> &entries, qint64 upTo);
    void say(const QByteArray &frames);
    void sayDue();

    struct Kept
    {
        qint64 id;
        QByteArray frame;
    };

    OperatorParts &m_parts;
    QTimer m_beat;
    int m_eventReaders = 0;
    qint64 m_position = 0;
    qint64 m_keptAfter = 0; ///< everything after this id up to m_position is kept
    std::deque<Kept> m_kept;
    qsizetype m_keptBytes = 0;
    HeldTokens m_held;
    bool m_reading = false;
};

} // namespace loquat
