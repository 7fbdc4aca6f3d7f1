// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

namespace loquat {

/// Gives the system back what the process no longer uses. Allocators do so late or never (glibc returns only
/// what is free at a heap's end), and connections that came by the thousand leave holes: without this their
/// memory would stay, and grow with each such crowd. To look takes up to a millisecond, to give back up
/// to 15. Where the program is linked with another allocator there is nothing to do.
class HeapRelief
{
public:
    /// Looks twice a second, in the thread that makes it.
    HeapRelief();

    /// Whether so much became free since the last time that it gave something back.
    bool look();

private:
    qsizetype m_least = 0; ///< bytes that were unused since then
    QTimer m_timer;
};

} // namespace loquat
