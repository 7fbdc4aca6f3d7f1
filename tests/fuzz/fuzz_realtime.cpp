// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "gateway/realtime/client_event.h"

using namespace loquat;
using namespace loquat::realtime;

namespace {

void checkWishes(const ReplyChange &change)
{
    const ReplyWishes wishes = change.appliedTo({});
    FUZZ_CHECK(wishes == change.appliedTo(wishes)); // saying it twice changes nothing
    FUZZ_CHECK(wishes.maxOutputTokens.value_or(1) >= 1);
    FUZZ_CHECK(wishes.tools.size() <= 128);
    for (const ToolSpec &tool : wishes.tools) {
        FUZZ_CHECK(!tool.name.isEmpty() && tool.name.size() <= 64);
        for (const QChar c : tool.name) // models are told of it
            FUZZ_CHECK(c.unicode() < 127 && (c.isLetterOrNumber() || c == u'_' || c == u'-'));
    }
}

void checkId(const QString &id)
{
    FUZZ_CHECK(id.size() <= 128);
}

struct Check
{
    void operator()(const SessionUpdate &said) const { checkWishes(said.change); }
    void operator()(const MessageCreate &said) const
    {
        checkId(said.itemId);
        checkId(said.previousItemId);
        FUZZ_CHECK(!said.text.trimmed().isEmpty());
        FUZZ_CHECK(said.role == Role::User || said.role == Role::Assistant || said.role == Role::System);
    }
    void operator()(const CallOutputCreate &said) const
    {
        checkId(said.itemId);
        checkId(said.previousItemId);
        checkId(said.callId);
        FUZZ_CHECK(!said.callId.isEmpty() && said.output.size() <= 64 * 1024);
    }
    void operator()(const ItemRetrieve &said) const { FUZZ_CHECK(!said.itemId.isEmpty()); }
    void operator()(const ResponseCreate &said) const
    {
        checkWishes(said.change);
        FUZZ_CHECK(said.metadata.size() <= 16);
    }
    void operator()(const ResponseCancel &said) const { checkId(said.responseId); }
};

} // namespace

/// Every event means something that is within its bounds, or is refused with a reason.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto event = parseClientEvent(QString::fromUtf8(fuzz::view(data, size)));
    if (event) {
        checkId(event->eventId);
        std::visit(Check(), event->said);
        return 0;
    }
    const Fault &fault = event.error();
    fuzz::checkError({fault.code, fault.message, {}, false});
    FUZZ_CHECK(fault.type == u"invalid_request_error");
    checkId(fault.eventId);
    return 0;
}
