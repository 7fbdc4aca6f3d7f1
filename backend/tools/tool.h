// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

#include "tools/call_stop.h"

#include <QJsonValue>
#include <qcoro/qcorotask.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace loquat {

/// Who calls, for tools that want to know. `callId` is the idempotency key.
struct ToolContext
{
    QString sessionId;
    QString userId;
    QString callId;
    bool allowed = false; ///< the caller has decided, so that the tool's own policy does not matter
    std::shared_ptr<CallStop> stop = nullptr; ///< null where calls cannot be stopped
    /// Told, by a tool that knows, how far it is: its time limit begins anew, within bounds.
    std::function<void(const QString &howFar)> progressed = {};
};

/// Something a model can call. Stateless towards sessions; called from the thread of the session.
class Tool
{
public:
    virtual ~Tool() = default;
    [[nodiscard]] virtual const ToolSpec &spec() const = 0;
    /// What settings may call it, the most exact first: of two servers' tools of one name, who gets it bare
    /// depends on who is up first, and a rule must not.
    [[nodiscard]] virtual QStringList names() const { return {spec().name}; }
    /// `arguments` are valid against spec().parameters. A failure is an Error with a sentence the model can
    /// read. Never throws.
    [[nodiscard]] virtual QCoro::Task<Expected<QJsonValue>> run(QJsonObject arguments,
                                                                ToolContext context) = 0;
    /// How long a call of this tool may take, where that is not the toolbox's own limit.
    [[nodiscard]] virtual std::optional<std::chrono::milliseconds> timeLimit() const { return std::nullopt; }
};

} // namespace loquat
