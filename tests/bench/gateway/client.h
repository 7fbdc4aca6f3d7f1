// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sockets.h"
#include "tally.h"

#include <string>

namespace loquat::bench {

/// One chat client of Loquat, or of what speaks like it: connects, says something, counts what comes, says
/// something again once the reply is done. After `turnsEach` it leaves, and comes again as somebody else, so
/// that histories stay as long as conversations are.
class Client
{
public:
    Client(const Poller &poller, Tally &tally, uint16_t port, int number, int turnsEach);
    ~Client();
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;

    void connect();
    /// From now on it speaks, whenever it is its turn.
    void begin();
    void happened(uint32_t events);

private:
    void read();
    void take(std::string_view payload);
    void say();
    void end();
    void failed(const char *why);
    void write(std::string_view bytes);

    const Poller &m_poller;
    Tally &m_tally;
    const uint16_t m_port;
    const int m_number;
    const int m_turnsEach;
    int m_fd = -1;
    std::string m_in;
    Time::time_point m_saidAt;
    int m_life = 0;
    int m_turns = 0;
    bool m_upgraded = false;
    bool m_welcome = false; ///< the session has started
    bool m_speaks = false;
    bool m_waits = false; ///< for the first token
    bool m_streams = false;
};

} // namespace loquat::bench
