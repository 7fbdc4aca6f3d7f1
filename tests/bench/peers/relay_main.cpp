// SPDX-License-Identifier: GPL-3.0-or-later
// The ceiling: relays tokens and does nothing else. One epoll a thread, bytes searched and not parsed,
// nothing stored, nothing checked. What a server written for this one purpose could do at most.
//     bench_relay UPSTREAM_PORT MODEL [THREADS]
#include "../gateway/sockets.h"
#include "../gateway/web_socket.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

using namespace loquat::bench;

namespace {

struct Conversation;

/// One of a conversation's two sockets.
struct End
{
    Conversation *conversation = nullptr;
    int fd = -1;
    std::string in = {};
    std::string out = {};
    bool waits = false; ///< for room to send
};

struct Conversation
{
    End client{this};
    End upstream{this};
    bool upgraded = false;
    std::string reply = {};
};

class Relay
{
public:
    Relay(int listener, uint16_t upstream, std::string model)
        : m_listener(listener)
        , m_upstream(upstream)
        , m_body(R"({"model":")" + model + R"(","stream":true,"messages":[]})")
    {
        m_poller.add(listener, EPOLLIN, nullptr);
    }

    void run()
    {
        for (;;)
            m_poller.wait(-1, [this](void *tag, uint32_t events) {
                if (auto *end = static_cast<End *>(tag))
                    happened(*end, events);
                else
                    accept();
            });
    }

private:
    void accept()
    {
        for (int fd = acceptFrom(m_listener); fd >= 0; fd = acceptFrom(m_listener)) {
            m_conversations.push_back(std::make_unique<Conversation>());
            End &client = m_conversations.back()->client;
            client.fd = fd;
            m_poller.add(fd, EPOLLIN, &client);
        }
    }

    void happened(End &end, uint32_t events)
    {
        if (end.fd < 0)
            return;
        if (events & EPOLLOUT)
            flush(end);
        if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
            return;
        static thread_local char buffer[256 * 1024];
        const ssize_t got = ::recv(end.fd, buffer, sizeof buffer, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0)
            return close(*end.conversation);
        end.in.append(buffer, size_t(got));
        if (&end == &end.conversation->client)
            heard(*end.conversation);
        else
            streamed(*end.conversation);
    }

    void heard(Conversation &conversation)
    {
        std::string &in = conversation.client.in;
        if (!conversation.upgraded) {
            const size_t head = in.find("\r\n\r\n");
            if (head == std::string::npos)
                return;
            in.erase(0, head + 4);
            conversation.upgraded = true;
            conversation.client.out += upgradeAnswer;
            appendFrame(conversation.client.out, Opcode::Text, R"({"type":"session_started"})", false);
        }
        for (Frame frame = frameAt(in); frame.size > 0; frame = frameAt(in)) {
            in.erase(0, frame.size);
            if (frame.opcode == Opcode::Text)
                ask(conversation);
        }
        flush(conversation.client);
    }

    void ask(Conversation &conversation)
    {
        End &upstream = conversation.upstream;
        if (upstream.fd < 0) {
            upstream.fd = connectTo(m_upstream);
            upstream.waits = true;
            m_poller.add(upstream.fd, EPOLLIN | EPOLLOUT, &upstream);
        }
        upstream.out += "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                        std::to_string(m_body.size()) + "\r\n\r\n" + m_body;
        flush(upstream);
    }

    void streamed(Conversation &conversation)
    {
        constexpr std::string_view mark = "\"content\":\"";
        std::string_view in(conversation.upstream.in);
        size_t used = 0;
        for (size_t end = in.find("\n\n"); end != std::string_view::npos; end = in.find("\n\n", used)) {
            const std::string_view event = in.substr(used, end - used);
            used = end + 2;
            if (const size_t at = event.find(mark); at != std::string_view::npos) {
                const std::string_view text = event.substr(at + mark.size());
                say(conversation, text.substr(0, text.find('"')));
            } else if (event.ends_with("[DONE]")) {
                finish(conversation);
            }
        }
        conversation.upstream.in.erase(0, used);
        flush(conversation.client);
    }

    static void say(Conversation &conversation, std::string_view token)
    {
        if (token.empty())
            return;
        constexpr std::string_view before = R"({"type":"token","token":")";
        static thread_local std::string payload;
        payload.assign(before).append(token).append("\"}");
        appendFrame(conversation.client.out, Opcode::Text, payload, false);
        conversation.reply += token;
    }

    static void finish(Conversation &conversation)
    {
        appendFrame(conversation.client.out, Opcode::Text,
                    R"({"type":"done","text":")" + conversation.reply + "\"}", false);
        conversation.reply.clear();
    }

    void flush(End &end)
    {
        const long sent = end.out.empty() ? 0 : sendSome(end.fd, end.out);
        if (sent < 0)
            return;
        end.out.erase(0, size_t(sent));
        if (std::exchange(end.waits, !end.out.empty()) != end.waits)
            m_poller.change(end.fd, end.waits ? EPOLLIN | EPOLLOUT : EPOLLIN, &end);
    }

    static void close(Conversation &conversation)
    {
        for (End *end : {&conversation.client, &conversation.upstream}) {
            if (end->fd >= 0)
                ::close(end->fd);
            *end = End{&conversation};
        }
    }

    const int m_listener;
    const uint16_t m_upstream;
    const std::string m_body;
    Poller m_poller;
    std::vector<std::unique_ptr<Conversation>> m_conversations; ///< kept until the measurement ends
};

} // namespace

int main(int argc, char **argv)
{
    if (argc < 3)
        return 64;
    raiseDescriptorLimit();
    const int threads = argc > 3 ? std::atoi(argv[3]) : int(std::thread::hardware_concurrency());
    const int first = listenOn(0);
    const uint16_t port = portOf(first);
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i)
        running.emplace_back([listener = i == 0 ? first : listenOn(port), argv] {
            Relay(listener, uint16_t(std::atoi(argv[1])), argv[2]).run();
        });
    std::printf("listening on %d\n", int(port));
    std::fflush(stdout);
    for (std::thread &thread : running)
        thread.join();
}
