// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/gateway_counters.h"

namespace loquat {

QByteArray GatewayCounters::name(Refused why)
{
    switch (why) {
    case Refused::TooManyConnections:
        return "too_many_connections";
    case Refused::TooManyFromAddress:
        return "too_many_from_address";
    case Refused::SlowHandshake:
        return "slow_handshake";
    case Refused::HeadTooLarge:
        return "head_too_large";
    case Refused::BadRequest:
        return "bad_request";
    case Refused::Origin:
        return "origin";
    case Refused::Host:
        return "host";
    case Refused::Credentials:
        return "credentials";
    case Refused::NotTheOwner:
        return "not_the_owner";
    case Refused::Expired:
        return "expired";
    case Refused::MessageTooLarge:
        return "message_too_large";
    case Refused::TooManyMessages:
        return "too_many_messages";
    case Refused::QueueFull:
        return "queue_full";
    case Refused::Silent:
        return "silent";
    case Refused::SlowReader:
        return "slow_reader";
    case Refused::SlowRequest:
        return "slow_request";
    case Refused::RequestTooLarge:
        return "request_too_large";
    case Refused::Tls:
        return "tls";
    case Refused::TooManyOperators:
        return "too_many_operators";
    case Refused::TooManyReaders:
        return "too_many_readers";
    case Refused::TooManyApiRequests:
        return "too_many_api_requests";
    case Refused::PageTooLarge:
        break;
    }
    return "page_too_large";
}

QList<std::pair<QByteArray, quint64>> GatewayCounters::all() const
{
    QList<std::pair<QByteArray, quint64>> counts;
    for (size_t i = 0; i < m_counts.size(); ++i)
        counts.emplaceBack(name(Refused(i)), of(Refused(i)));
    return counts;
}

} // namespace loquat
