// SPDX-License-Identifier: GPL-3.0-or-later
#include "client.h"

#include "web_socket.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace loquat::bench {

namespace {

/// Ours and Python's JSON differ in a space.
bool isOfType(std::string_view payload, std::string_view type)
{
    for (const std::string_view key : {"\"type\":\"", "\"type\": \""})
        if (const size_t at = payload.find(key); at != std::string_view::npos)
            return payload.substr(at + key.size()).starts_with(type);
    return false;
}

} // namespace

Client::Client(const Poller &poller, Tally &tally, uint16_t port, int number, int turnsEach)
    : m_poller(poller)
    , m_tally(tally)
    , m_port(port)
    , m_number(number)
    , m_turnsEach(turnsEach)
{
}

Client::~Client()
{
    if (m_waits)
        m_tally.waiting.push_back(m_saidAt);
    end();
}

void Client::connect()
{
    m_fd = connectTo(m_port);
    m_poller.add(m_fd, EPOLLIN | EPOLLOUT, this);
}

void Client::begin()
{
    m_speaks = true;
    if (m_welcome)
        say();
}

void Client::happened(uint32_t events)
{
    if (events & EPOLLOUT) {
        m_poller.change(m_fd, EPOLLIN, this);
        write(upgradeRequest("/ws/session/bench-" + std::to_string(::getpid()) + '-' +
                                 std::to_string(m_number) + '-' + std::to_string(m_life) + "?user_id=bench",
                             m_port));
    } else {
        read();
    }
}

void Client::read()
{
    static thread_local char buffer[256 * 1024];
    const ssize_t got = ::recv(m_fd, buffer, sizeof buffer, 0);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            failed("the connection was lost");
        return;
    }
    // Most of what comes is whole frames: only the rest of one is kept.
    std::string_view bytes(buffer, size_t(got));
    if (!m_in.empty()) {
        m_in.append(bytes);
        bytes = m_in;
    }
    size_t used = 0;
    if (!m_upgraded) {
        const size_t head = bytes.find("\r\n\r\n");
        if (head != std::string_view::npos) {
            if (!bytes.starts_with("HTTP/1.1 101"))
                return failed("the upgrade was refused");
            m_upgraded = true;
            used = head + 4;
        }
    }
    const int life = m_life;
    while (m_upgraded) {
        const Frame frame = frameAt(bytes.substr(used));
        if (frame.size == 0)
            break;
        used += frame.size;
        if (frame.opcode == Opcode::Text)
            take(frame.payload);
        else if (frame.opcode == Opcode::Close)
            failed("the server closed");
        if (m_life != life || m_fd < 0)
            return;
        if (frame.opcode == Opcode::Ping) {
            std::string pong;
            appendFrame(pong, Opcode::Pong, frame.payload, true);
            write(pong);
        }
    }
    std::string rest(bytes.substr(used));
    m_in.swap(rest);
    if (m_in.empty())
        m_in.shrink_to_fit();
}

void Client::take(std::string_view payload)
{
    if (isOfType(payload, "token")) {
        ++m_tally.tokens;
        if (m_waits) {
            m_waits = false;
            m_streams = true;
            m_tally.firstTokenMs.push_back(
                std::chrono::duration<double, std::milli>(Time::now() - m_saidAt).count());
            m_tally.streamingMost = std::max(m_tally.streamingMost, ++m_tally.streaming);
        }
    } else if (isOfType(payload, "done")) {
        if (m_streams)
            --m_tally.streaming;
        m_streams = false;
        ++m_tally.turns;
        if (++m_turns < m_turnsEach)
            return say();
        end();
        ++m_life;
        connect();
    } else if (isOfType(payload, "session_started")) {
        m_welcome = true;
        ++m_tally.welcomed;
        if (m_speaks)
            say();
    } else if (isOfType(payload, "error")) {
        failed(std::string(payload).c_str());
    }
}

void Client::say()
{
    m_saidAt = Time::now();
    m_waits = true;
    std::string frame;
    appendFrame(frame, Opcode::Text, "Tell me something.", true);
    write(frame);
}

void Client::end()
{
    if (m_fd >= 0)
        drop(m_fd);
    m_fd = -1;
    if (m_streams)
        --m_tally.streaming;
    if (m_welcome)
        --m_tally.welcomed;
    m_in.clear();
    m_turns = 0;
    m_upgraded = m_welcome = m_waits = m_streams = false;
}

void Client::failed(const char *why)
{
    if (m_tally.errors++ == 0)
        m_tally.firstError = why;
    end();
}

void Client::write(std::string_view bytes)
{
    // What a client says is short and the buffer is empty: it fits or the connection is gone.
    if (sendSome(m_fd, bytes) != long(bytes.size()))
        failed("a message could not be sent");
}

} // namespace loquat::bench
