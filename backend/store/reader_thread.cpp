// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/reader_thread.h"

#include <future>

namespace loquat {

using namespace Qt::StringLiterals;

Expected<std::unique_ptr<ReaderThread>> ReaderThread::start(const QString &file)
{
    std::unique_ptr<ReaderThread> readers(new ReaderThread);
    std::promise<Expected<void>> opened;
    auto outcome = opened.get_future();
    readers->m_thread.reset(QThread::create([self = readers.get(), file, &opened] {
        auto reader = JournalReader::open(file);
        opened.set_value(reader ? Expected<void>() : Expected<void>(reader.error()));
        if (reader)
            self->run(**reader);
    }));
    readers->m_thread->setObjectName(u"journal reader"_s);
    readers->m_thread->start();
    if (auto result = outcome.get(); !result)
        return result.error();
    return readers;
}

ReaderThread::~ReaderThread()
{
    {
        const QMutexLocker lock(&m_mutex);
        m_stopping = true;
        m_wake.wakeOne();
    }
    if (m_thread)
        m_thread->wait();
}

bool ReaderThread::add(Read read)
{
    const QMutexLocker lock(&m_mutex);
    if (m_waiting.size() >= maxWaiting)
        return false;
    m_waiting.push_back(std::move(read));
    m_wake.wakeOne();
    return true;
}

void ReaderThread::run(JournalReader &reader)
{
    for (;;) {
        Read read;
        {
            const QMutexLocker lock(&m_mutex);
            while (m_waiting.empty() && !m_stopping)
                m_wake.wait(&m_mutex);
            if (m_stopping)
                return;
            read = std::move(m_waiting.front());
            m_waiting.pop_front();
        }
        read(reader);
    }
}

} // namespace loquat
