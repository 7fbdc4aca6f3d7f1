// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include <unistd.h>

namespace loquat::bench {

/// What a process has used so far, all its threads together.
struct ProcessCost
{
    double cpuSeconds = 0;
    double residentBytes = 0;

    static ProcessCost of(int pid)
    {
        ProcessCost cost;
        const std::string folder = "/proc/" + std::to_string(pid);
        std::string stat;
        std::getline(std::ifstream(folder + "/stat"), stat);
        // The name in parentheses may hold anything; utime and stime are the 12th and 13th after it.
        std::istringstream fields(stat.substr(stat.rfind(')') + 1));
        std::string skipped;
        for (int i = 0; i < 11; ++i)
            fields >> skipped;
        double user = 0;
        double system = 0;
        fields >> user >> system;
        cost.cpuSeconds = (user + system) / double(::sysconf(_SC_CLK_TCK));
        double pages = 0;
        std::ifstream(folder + "/statm") >> skipped >> pages;
        cost.residentBytes = pages * double(::sysconf(_SC_PAGESIZE));
        return cost;
    }
};

} // namespace loquat::bench
