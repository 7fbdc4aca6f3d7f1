// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/history_thread.h"

namespace loquat {

using namespace Qt::StringLiterals;

HistoryThread::HistoryThread(Open open)
    : m_open(std::move(open))
    , m_gate(std::make_shared<CallbackGate>())
    , m_thread(QThread::create([this] { run(); }))
{
    m_thread->setObjectName(u"history"_s);
    m_thread->start();
}

HistoryThread::~HistoryThread()
{
    {
        const QMutexLocker lock(&m_mutex);
        m_stopping = true;
        m_wake.wakeOne();
    }
    m_thread->wait();
    m_gate->close();
}

void HistoryThread::sessions(const SessionQuery &query, QObject *context, Sessions found)
{
    add<SessionPage>(context, std::move(found),
                     [query](HistorySource &source) { return source.sessions(query); });
}

void HistoryThread::events(const EventQuery &query, QObject *context, Events found)
{
    add<EventPage>(context, std::move(found),
                   [query](HistorySource &source) { return source.events(query); });
}

template <typename Page, typename Ask>
void HistoryThread::add(QObject *context, std::function<void(Expected<Page>)> answer, Ask ask)
{
    const auto reply = [gate = m_gate, context, answer = std::move(answer)](Expected<Page> page) {
        gate->post(context, [answer, page = std::move(page)] { answer(page); });
    };
    {
        const QMutexLocker lock(&m_mutex);
        if (m_waiting.size() < maxWaiting) {
            m_waiting.push_back([reply, ask](const Expected<HistorySource *> &source) {
                reply(source ? ask(**source) : Expected<Page>(source.error()));
            });
            m_wake.wakeOne();
            return;
        }
    }
    reply(Error{u"store_busy"_s, u"Too many searches wait."_s, u"Try again."_s, true});
}

void HistoryThread::run()
{
    std::unique_ptr<HistorySource> source;
    for (;;) {
        Question question;
        {
            const QMutexLocker lock(&m_mutex);
            while (m_waiting.empty() && !m_stopping)
                m_wake.wait(&m_mutex);
            if (m_stopping)
                return;
            question = std::move(m_waiting.front());
            m_waiting.pop_front();
        }
        if (!source) {
            auto opened = m_open();
            if (!opened) {
                question(opened.error());
                continue;
            }
            source = std::move(*opened);
        }
        question(source.get());
    }
}

} // namespace loquat
