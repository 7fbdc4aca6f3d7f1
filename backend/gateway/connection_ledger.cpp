// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/connection_ledger.h"

namespace loquat {

namespace {

ConnectionLedger::Verdict verdictOn(int before, int limit, int margin)
{
    if (before < limit)
        return ConnectionLedger::Verdict::Admitted;
    return before < limit + margin ? ConnectionLedger::Verdict::Refused : ConnectionLedger::Verdict::Dropped;
}

/// Who has one IPv6 address has the whole /64 of it.
QHostAddress household(const QHostAddress &address)
{
    if (address.protocol() != QAbstractSocket::IPv6Protocol)
        return address;
    Q_IPV6ADDR bytes = address.toIPv6Address();
    for (int i = 8; i < 16; ++i)
        bytes[i] = 0;
    return QHostAddress(bytes);
}

} // namespace

ConnectionLedger::Entry ConnectionLedger::enter()
{
    const std::lock_guard lock(m_book->mutex);
    const Verdict verdict = verdictOn(m_book->all, m_limits.maxConnections, margin);
    if (verdict == Verdict::Dropped)
        return {verdict, {}};
    ++m_book->all;
    return {verdict, Place(nullptr, [book = m_book](void *) {
                const std::lock_guard guard(book->mutex);
                --book->all;
            })};
}

ConnectionLedger::Entry ConnectionLedger::enterFrom(const QHostAddress &from)
{
    if (from.isLoopback() && !m_limits.countsLoopback)
        return {};
    const QHostAddress address = household(from);
    const std::lock_guard lock(m_book->mutex);
    int &count = m_book->byAddress[address];
    const Verdict verdict = verdictOn(count, m_limits.maxConnectionsPerAddress, margin);
    if (verdict == Verdict::Dropped)
        return {verdict, {}};
    ++count;
    return {verdict, Place(nullptr, [book = m_book, address](void *) {
                const std::lock_guard guard(book->mutex);
                const auto known = book->byAddress.find(address);
                if (known != book->byAddress.end() && --*known <= 0)
                    book->byAddress.erase(known);
            })};
}

int ConnectionLedger::count() const
{
    const std::lock_guard lock(m_book->mutex);
    return m_book->all;
}

} // namespace loquat
