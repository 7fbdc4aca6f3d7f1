// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/sse_parser.h"
#include "fuzz.h"

#include <QStringList>

using namespace loquat;

namespace {

constexpr qsizetype limit = 512; ///< low, so that inputs reach it

struct Heard
{
    QByteArrayList events;
    bool failed = false;

    bool operator==(const Heard &) const = default;
};

Heard listen(const QByteArrayList &pieces)
{
    SseParser parser(limit);
    Heard heard;
    for (const auto &piece : pieces) {
        const auto fed = parser.feed(piece, [&](const SseEvent &event) {
            FUZZ_CHECK(!heard.failed);
            FUZZ_CHECK(event.data.size() <= limit);
            FUZZ_CHECK(!event.event.contains('\n') && !event.id.contains('\n') && !event.id.contains('\0'));
            heard.events += {event.event.toByteArray(), event.data.toByteArray(), event.id.toByteArray()};
        });
        FUZZ_CHECK(!(heard.failed && fed));
        if (!fed)
            fuzz::checkError(fed.error());
        heard.failed = !fed;
    }
    return heard;
}

/// The events written down again.
QByteArray written(const QByteArrayList &events)
{
    QByteArray stream;
    for (qsizetype i = 0; i < events.size(); i += 3)
        stream += "id: " + events[i + 2] + "\nevent: " + events[i] +
                  "\ndata: " + QByteArray(events[i + 1]).replace('\n', "\ndata: ") + "\n\n";
    return stream;
}

} // namespace

/// The same events however the network cuts the bytes, and the same once more when they are written down.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto ways = fuzz::cuts(fuzz::view(data, size));
    const Heard whole = listen(ways.first());
    for (const auto &pieces : ways)
        FUZZ_CHECK(listen(pieces) == whole);
    const Heard again = listen({written(whole.events)});
    FUZZ_CHECK(again.events == whole.events || again.failed);
    return 0;
}
