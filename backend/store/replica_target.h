// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/journal_reader.h"

namespace loquat {

/// A piece of the journal on its way: events in order, and the sessions they belong to as they are now.
struct ReplicaBatch
{
    QList<SessionRow> sessions;
    QList<EventRow> events;
};

/// A database that takes a copy of the journal. Everything but interrupt() and place() is called in the
/// replica's thread and may block. An Error that is not retryable is about the rows of that batch: something
/// in it can never be stored. Every other error leaves the target unconnected in the replica's eyes.
class ReplicaTarget
{
public:
    virtual ~ReplicaTarget() = default;
    /// What to call it in messages, and what the journal remembers its position by. Never holds a secret.
    [[nodiscard]] virtual QString place() const = 0;
    /// Connects, and brings the schema up to date or tells what would. Error::retryAfterMs is honoured.
    virtual Expected<void> connect() = 0;
    /// Stores the batch; events that are there already stay as they are. After an error some of it may be
    /// there: it is shipped again, whole or in parts.
    virtual Expected<void> ship(const ReplicaBatch &batch) = 0;
    /// Whether it has no session at all, so that what the journal remembers of it is another's. Where that
    /// cannot be asked it is not.
    virtual Expected<bool> isNew() { return false; }
    /// Asks for a sign of life.
    virtual Expected<void> check() = 0;
    virtual void disconnect() = 0;
    /// From any thread: makes a call that blocks fail soon.
    virtual void interrupt() = 0;
};

} // namespace loquat
