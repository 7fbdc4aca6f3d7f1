// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "llm/upstream/response_parser.h"

using namespace loquat;

namespace {

struct Answer
{
    int status = 0;
    QByteArray reason;
    QList<QPair<QByteArray, QByteArray>> headers;
    QByteArray content;
    bool whole = false;
    bool malformed = false;
    bool keeps = false;

    bool operator==(const Answer &) const = default;
};

Answer read(const QByteArrayList &pieces)
{
    ResponseParser parser;
    Answer answer;
    for (const auto &piece : pieces)
        parser.feed(piece, answer.content);
    parser.close();
    FUZZ_CHECK(!parser.isWhole() || (parser.hasHead() && parser.status() >= 200));
    FUZZ_CHECK(!(parser.isWhole() && parser.isMalformed()));
    FUZZ_CHECK(!parser.keepsConnection()); // it is closed
    return {parser.status(),  parser.reason(),      parser.headers(),        answer.content,
            parser.isWhole(), parser.isMalformed(), parser.keepsConnection()};
}

} // namespace

/// The same answer however the network cuts the bytes, and no more content than there were bytes.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto ways = fuzz::cuts(fuzz::view(data, size));
    const Answer whole = read(ways.first());
    FUZZ_CHECK(size_t(whole.content.size()) <= size);
    for (const auto &pieces : ways)
        FUZZ_CHECK(read(pieces) == whole);
    return 0;
}
