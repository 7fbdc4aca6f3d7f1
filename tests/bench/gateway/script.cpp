// SPDX-License-Identifier: GPL-3.0-or-later
#include "script.h"

#include <charconv>
#include <cstdio>

namespace loquat::bench {

namespace {

constexpr std::string_view token = " token";

std::string chunk(const std::string &bytes)
{
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    return size + bytes + "\r\n";
}

std::string event(const std::string &json)
{
    return chunk("data: " + json + "\n\n");
}

std::string choice(const std::string &delta, const std::string &finish)
{
    return R"({"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"bench",)"
           R"("choices":[{"index":0,"delta":)" +
           delta + R"(,"logprobs":null,"finish_reason":)" + finish + "}]}";
}

} // namespace

Script Script::of(std::string_view body)
{
    Script script;
    constexpr std::string_view mark = "\"bench-";
    const size_t at = body.find(mark);
    if (at == std::string_view::npos)
        return script;
    const char *end = body.data() + body.size();
    const auto count = std::from_chars(body.data() + at + mark.size(), end, script.tokens);
    if (count.ptr != end && *count.ptr == '@')
        std::from_chars(count.ptr + 1, end, script.rate);
    return script;
}

ReplyBytes replyOf(const Script &script)
{
    ReplyBytes reply;
    reply.bytes = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n" +
                  event(choice(R"({"role":"assistant","content":""})", "null"));
    reply.headSize = reply.bytes.size();
    const std::string one = event(choice(R"({"content":")" + std::string(token) + R"("})", "null"));
    reply.tokenSize = one.size();
    reply.bytes.reserve(reply.upTo(script.tokens) + 1024);
    for (int i = 0; i < script.tokens; ++i)
        reply.bytes += one;
    reply.bytes += event(choice("{}", "\"stop\""));
    reply.bytes += event(R"({"id":"chatcmpl-bench","object":"chat.completion.chunk","model":"bench",)"
                         R"("choices":[],"usage":{"prompt_tokens":10,"completion_tokens":)" +
                         std::to_string(script.tokens) + "}}");
    reply.bytes += event("[DONE]") + "0\r\n\r\n";
    return reply;
}

} // namespace loquat::bench
