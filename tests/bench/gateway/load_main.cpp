// SPDX-License-Identifier: GPL-3.0-or-later
// Puts load on a server and prints what it saw, as JSON:
//     bench_load port=P pid=PID sessions=N [idle=N] [turns=N] [warmup=S] [seconds=S] [spread=S]
// `pid` is the server under test, whose CPU and memory are read. Sessions begin to speak within `spread`
// seconds; `turns` is how many a client takes before it leaves and another comes.
#include "client.h"
#include "process_cost.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>

using namespace loquat::bench;

namespace {

double secondsSince(Time::time_point start)
{
    return std::chrono::duration<double>(Time::now() - start).count();
}

double percentile(std::vector<double> values, double share)
{
    if (values.empty())
        return 0;
    std::ranges::sort(values);
    return values[size_t(double(values.size() - 1) * share)];
}

class Load
{
public:
    Load(int argc, char **argv)
        : m_argc(argc)
        , m_argv(argv)
    {
    }

    int run()
    {
        const ProcessCost before = ProcessCost::of(m_pid);
        const auto connecting = Time::now();
        connect(int(option("idle", 0)));
        const double idleSeconds = secondsSince(connecting);
        const ProcessCost connected = ProcessCost::of(m_pid);
        const int idle = int(m_clients.size());
        const int sessions = int(option("sessions", 0));
        connect(sessions);

        const double spread = option("spread", 0);
        const auto began = Time::now();
        int speaking = 0;
        runFor(std::max(option("warmup", 1), spread), [&] {
            const double share = spread > 0 ? std::min(1.0, secondsSince(began) / spread) : 1;
            for (; speaking < int(share * sessions); ++speaking)
                m_clients[size_t(idle + speaking)]->begin();
        });
        const Tally start = m_tally;
        const ProcessCost costStart = ProcessCost::of(m_pid);
        const auto measuring = Time::now();
        runFor(option("seconds", 3), [] {});
        const double seconds = secondsSince(measuring);
        const ProcessCost costEnd = ProcessCost::of(m_pid);
        const Tally end = m_tally;
        m_clients.clear();

        // Whoever still waits has waited at least this long.
        std::vector<double> firstTokens = end.firstTokenMs;
        for (const auto since : m_tally.waiting)
            if (Time::now() - since > std::chrono::seconds(1))
                firstTokens.push_back(secondsSince(since) * 1000);
        const double tokens = double(end.tokens - start.tokens);
        const double cpu = costEnd.cpuSeconds - costStart.cpuSeconds;
        std::printf("{\"tokensPerSecond\":%.1f,\"turnsPerSecond\":%.1f,\"cpuMicrosPerToken\":%.3f,"
                    "\"cpuMicrosPerTurn\":%.1f,\"cpuShare\":%.3f,\"ttftP50\":%.2f,\"ttftP99\":%.2f,"
                    "\"streamingMost\":%d,\"errors\":%lld,\"firstError\":\"%s\",\"idlePerSecond\":%.0f,"
                    "\"idleBytes\":%.0f,\"turns\":%lld,\"tokens\":%lld}\n",
                    tokens / seconds, double(end.turns - start.turns) / seconds,
                    tokens > 0 ? cpu * 1e6 / tokens : 0,
                    end.turns > start.turns ? cpu * 1e6 / double(end.turns - start.turns) : 0, cpu / seconds,
                    percentile(firstTokens, 0.5), percentile(firstTokens, 0.99), end.streamingMost,
                    (long long)end.errors, plain(end.firstError).c_str(), idle > 0 ? idle / idleSeconds : 0,
                    idle > 0 ? (connected.residentBytes - before.residentBytes) / idle : 0,
                    (long long)end.turns, (long long)end.tokens);
        return 0;
    }

private:
    double option(const char *name, double standard) const
    {
        const size_t length = std::strlen(name);
        for (int i = 1; i < m_argc; ++i)
            if (std::strncmp(m_argv[i], name, length) == 0 && m_argv[i][length] == '=')
                return std::atof(m_argv[i] + length + 1);
        return standard;
    }

    static std::string plain(std::string text)
    {
        std::erase_if(text, [](char c) { return c == '"' || c == '\\' || c < ' '; });
        return text;
    }

    /// Connects so many more, some at a time, and waits until their sessions have started.
    void connect(int count)
    {
        constexpr int atOnce = 200;
        const int wanted = int(m_clients.size()) + count;
        const auto start = Time::now();
        while (m_tally.welcomed + m_tally.errors < wanted && secondsSince(start) < 60) {
            while (int(m_clients.size()) < wanted &&
                   int(m_clients.size()) - m_tally.welcomed - m_tally.errors < atOnce) {
                m_clients.push_back(std::make_unique<Client>(m_poller, m_tally, m_port, int(m_clients.size()),
                                                             int(option("turns", 20))));
                m_clients.back()->connect();
            }
            turn(100);
        }
    }

    void turn(int milliseconds)
    {
        m_poller.wait(milliseconds,
                      [](void *tag, uint32_t events) { static_cast<Client *>(tag)->happened(events); });
    }

    void runFor(double seconds, const std::function<void()> &each)
    {
        const auto start = Time::now();
        each();
        while (secondsSince(start) < seconds) {
            turn(5);
            each();
        }
        each();
    }

    const int m_argc;
    char **const m_argv;
    const uint16_t m_port = uint16_t(option("port", 0));
    const int m_pid = int(option("pid", 0));
    Poller m_poller;
    Tally m_tally;
    std::vector<std::unique_ptr<Client>> m_clients;
};

} // namespace

int main(int argc, char **argv)
{
    raiseDescriptorLimit();
    return Load(argc, argv).run();
}
