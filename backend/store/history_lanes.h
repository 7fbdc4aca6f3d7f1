// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/history_thread.h"

namespace loquat {

/// One database with a thread for searches, which may take half a minute, and one for everything else.
class HistoryLanes final : public SessionHistory
{
public:
    explicit HistoryLanes(const HistoryThread::Open &open)
        : m_searches(open)
        , m_others(open)
    {
    }

    void sessions(const SessionQuery &query, QObject *context, Sessions found) override
    {
        (query.isSearch() ? m_searches : m_others).sessions(query, context, std::move(found));
    }

    void events(const EventQuery &query, QObject *context, Events found) override
    {
        m_others.events(query, context, std::move(found));
    }

private:
    HistoryThread m_searches;
    HistoryThread m_others;
};

} // namespace loquat
