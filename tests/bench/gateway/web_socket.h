// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace loquat::bench {

// As much of RFC 6455 as the two ends of a benchmark need.

enum class Opcode : uint8_t { Text = 1, Close = 8, Ping = 9, Pong = 10 };

struct Frame
{
    Opcode opcode = Opcode::Text;
    std::string_view payload;
    size_t size = 0; ///< with its header; 0: it has not arrived whole
};

inline Frame frameAt(std::string_view bytes)
{
    if (bytes.size() < 2)
        return {};
    const auto at = [bytes](size_t i) { return size_t(uint8_t(bytes[i])); };
    size_t length = at(1) & 0x7f;
    size_t head = 2;
    if (length >= 126) {
        const size_t more = length == 126 ? 2 : 8;
        if (bytes.size() < head + more)
            return {};
        length = 0;
        for (size_t i = 0; i < more; ++i)
            length = length << 8 | at(head + i);
        head += more;
    }
    if (at(1) & 0x80)
        head += 4; // the mask, which is zero between these tools
    if (bytes.size() < head + length)
        return {};
    return {Opcode(at(0) & 0x0f), bytes.substr(head, length), head + length};
}

/// `masked`: as clients send it. The mask is zero, which is allowed and costs nothing.
inline void appendFrame(std::string &to, Opcode opcode, std::string_view payload, bool masked)
{
    to += char(0x80 | int(opcode));
    const int mask = masked ? 0x80 : 0;
    if (payload.size() < 126) {
        to += char(mask | int(payload.size()));
    } else if (payload.size() < 65536) {
        to += char(mask | 126);
        to += char(payload.size() >> 8);
        to += char(payload.size());
    } else {
        to += char(mask | 127);
        for (int shift = 56; shift >= 0; shift -= 8)
            to += char(uint64_t(payload.size()) >> shift);
    }
    if (masked)
        to.append(4, '\0');
    to += payload;
}

inline std::string upgradeRequest(const std::string &path, uint16_t port)
{
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
           "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}

/// The answer to upgradeRequest(), whose key never changes.
constexpr std::string_view upgradeAnswer =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

} // namespace loquat::bench
