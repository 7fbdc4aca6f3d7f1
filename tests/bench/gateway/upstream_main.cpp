// SPDX-License-Identifier: GPL-3.0-or-later
// The model of the benchmark: an OpenAI-compatible server that streams what a request's model name asks for
// (script.h). Prints "listening on PORT".
#include "script.h"
#include "sockets.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <utility>
#include <vector>

using namespace loquat::bench;

namespace {

using Time = std::chrono::steady_clock;

struct Stream
{
    int fd = -1;
    std::string request = {};
    const ReplyBytes *reply = nullptr; ///< that runs
    size_t sent = 0;
    int rate = 0;
    int tokens = 0;
    Time::time_point since = {};
    bool waits = false; ///< for room in the kernel's buffer
};

class Upstream
{
public:
    explicit Upstream(const Poller &poller)
        : m_poller(poller)
    {
    }

    /// Whether the stream is still there.
    bool happened(Stream &stream, uint32_t events)
    {
        if (events & (EPOLLHUP | EPOLLERR))
            return false;
        if (events & EPOLLOUT && stream.reply && !advance(stream))
            return false;
        return !(events & EPOLLIN) || read(stream);
    }

    /// Sends what is due; whether the stream is still there.
    bool advance(Stream &stream)
    {
        const size_t whole = stream.reply->bytes.size();
        size_t due = whole;
        if (stream.rate > 0) {
            const double seconds = std::chrono::duration<double>(Time::now() - stream.since).count();
            const int tokens = 1 + int(seconds * stream.rate); // the first at once
            due = tokens > stream.tokens ? whole : stream.reply->upTo(tokens);
        }
        while (stream.sent < due) {
            const size_t upTo = stream.rate > 0 ? packetEnd(stream, due) : due;
            const std::string_view bytes(stream.reply->bytes);
            const long sent = sendSome(stream.fd, bytes.substr(stream.sent, upTo - stream.sent));
            if (sent < 0)
                return false;
            stream.sent += size_t(sent);
            if (stream.sent < upTo)
                break;
        }
        await(stream, stream.rate == 0 && stream.sent < due);
        if (stream.sent == whole)
            stream.reply = nullptr;
        return true;
    }

private:
    /// One packet a token, also where several are due.
    static size_t packetEnd(const Stream &stream, size_t due)
    {
        size_t end = stream.reply->upTo(1);
        if (stream.sent >= end)
            end += (stream.sent - end) / stream.reply->tokenSize * stream.reply->tokenSize +
                   stream.reply->tokenSize;
        return end > stream.reply->upTo(stream.tokens) || end > due ? due : end;
    }

    bool read(Stream &stream)
    {
        char buffer[65536];
        const ssize_t got = ::recv(stream.fd, buffer, sizeof buffer, 0);
        if (got <= 0)
            return got < 0 && (errno == EAGAIN || errno == EINTR);
        stream.request.append(buffer, size_t(got));
        const size_t head = stream.request.find("\r\n\r\n");
        if (head == std::string::npos)
            return true;
        const size_t length = lengthOf(std::string_view(stream.request).substr(0, head));
        if (stream.request.size() < head + 4 + length)
            return true;
        const Script script = Script::of(std::string_view(stream.request).substr(head + 4, length));
        stream.request.erase(0, head + 4 + length);
        auto &reply = m_replies[{script.tokens, script.rate}];
        if (!reply)
            reply = std::make_unique<ReplyBytes>(replyOf(script));
        stream.reply = reply.get();
        stream.sent = 0;
        stream.rate = script.rate;
        stream.tokens = script.tokens;
        stream.since = Time::now();
        return advance(stream);
    }

    static size_t lengthOf(std::string_view head)
    {
        for (const std::string_view name : {"\r\nContent-Length: ", "\r\ncontent-length: "})
            if (const size_t at = head.find(name); at != std::string_view::npos)
                return size_t(std::atol(head.data() + at + name.size()));
        return 0;
    }

    void await(Stream &stream, bool room)
    {
        if (std::exchange(stream.waits, room) != room)
            m_poller.change(stream.fd, room ? EPOLLIN | EPOLLOUT : EPOLLIN, &stream);
    }

    const Poller &m_poller;
    std::map<std::pair<int, int>, std::unique_ptr<ReplyBytes>> m_replies;
};

} // namespace

int main()
{
    raiseDescriptorLimit();
    Poller poller;
    Upstream upstream(poller);
    const int listener = listenOn(0);
    poller.add(listener, EPOLLIN, nullptr);
    std::printf("listening on %d\n", int(portOf(listener)));
    std::fflush(stdout);
    std::map<Stream *, std::unique_ptr<Stream>> streams;
    const auto end = [&streams](Stream *stream) {
        ::close(stream->fd);
        streams.erase(stream);
    };
    Time::time_point ticked = Time::now();
    for (;;) {
        poller.wait(1, [&](void *tag, uint32_t events) {
            if (auto *stream = static_cast<Stream *>(tag)) {
                if (!upstream.happened(*stream, events))
                    end(stream);
                return;
            }
            for (int fd = acceptFrom(listener); fd >= 0; fd = acceptFrom(listener)) {
                auto stream = std::make_unique<Stream>(Stream{fd});
                poller.add(fd, EPOLLIN, stream.get());
                streams.emplace(stream.get(), std::move(stream));
            }
        });
        if (Time::now() - ticked < std::chrono::milliseconds(1))
            continue;
        ticked = Time::now();
        std::vector<Stream *> gone;
        for (const auto &[stream, owned] : streams)
            if (stream->reply && stream->rate > 0 && !upstream.advance(*stream))
                gone.push_back(stream);
        for (Stream *stream : gone)
            end(stream);
    }
}
