// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/head_peek.h"

#include "gateway/request_head.h"

#include <QVarLengthArray>

#include <cerrno>
#include <sys/socket.h>

namespace loquat {

namespace {
constexpr std::chrono::milliseconds longestPause{100};
}

HeadPeek::HeadPeek(qintptr descriptor, qsizetype maxBytes, std::chrono::milliseconds time, Done done,
                   QObject *parent)
    : QObject(parent)
    , m_descriptor(descriptor)
    , m_maxBytes(maxBytes)
    , m_done(std::move(done))
    , m_readable(descriptor, QSocketNotifier::Read)
{
    connect(&m_readable, &QSocketNotifier::activated, this, &HeadPeek::look);
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] { conclude(Verdict::TooSlow); });
    m_deadline.start(time);
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &HeadPeek::look);
}

void HeadPeek::look()
{
    QVarLengthArray<char, 4096> buffer(m_maxBytes + 1);
    const ssize_t got =
        ::recv(int(m_descriptor), buffer.data(), size_t(buffer.size()), MSG_PEEK | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        m_readable.setEnabled(true);
        return;
    }
    if (got <= 0) {
        conclude(Verdict::Gone);
        return;
    }
    const QByteArrayView bytes(buffer.data(), got);
    if (isHeadComplete(bytes.first(std::min(got, ssize_t(m_maxBytes))))) {
        conclude(Verdict::Arrived, bytes);
        return;
    }
    if (got > m_maxBytes) {
        conclude(Verdict::TooLarge);
        return;
    }
    // What is there stays readable, so the notifier would fire for ever: look again after a pause instead, a
    // longer one each time nothing came.
    m_readable.setEnabled(false);
    m_pause = got > m_seen ? std::chrono::milliseconds(2) : std::min(m_pause * 2, longestPause);
    m_seen = got;
    m_again.start(m_pause);
}

void HeadPeek::conclude(Verdict verdict, QByteArrayView head)
{
    m_readable.setEnabled(false);
    m_deadline.stop();
    m_again.stop();
    m_done(verdict, head);
    deleteLater();
}

} // namespace loquat
