// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/rest_answer.h"
#include "store/rest_request.h"

#include <QMutex>
#include <QThread>
#include <QWaitCondition>

#include <memory>

namespace loquat {

/// Blocking requests over a QNetworkAccessManager that lives in a thread of its own, where an event loop
/// serves it: who asks just waits, and no event loop is nested in another.
class RestChannel
{
public:
    explicit RestChannel(RestSettings settings);
    ~RestChannel();
    Q_DISABLE_COPY_MOVE(RestChannel)

    /// One at a time, not from the channel's own thread. Without interrupt() it may wait for ever.
    RestAnswer ask(const RestRequest &request);
    /// Closes the connections that are kept.
    void hangUp();
    /// From any thread: the request that is under way, if any, is broken off.
    void interrupt();

private:
    class Worker;
    struct Exchange;

    const RestSettings m_settings;
    QThread m_thread;
    Worker *m_worker; ///< lives in m_thread
    QMutex m_mutex;
    std::shared_ptr<Exchange> m_current;
};

} // namespace loquat
