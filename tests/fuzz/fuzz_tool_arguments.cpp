// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "tools/arguments_schema.h"

#include <QJsonDocument>

using namespace loquat;
using namespace Qt::StringLiterals;

/// A line with a tool's schema, which an MCP server may have written, and a line with a model's arguments.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto lines = fuzz::view(data, size).toByteArray().split('\n');
    const auto schema = ArgumentsSchema::compile(QJsonDocument::fromJson(lines.first()).object());
    if (!schema) {
        fuzz::checkError(schema.error());
        return 0;
    }
    const auto arguments = QJsonDocument::fromJson(lines.value(1)).object();
    FUZZ_CHECK(schema->complaint(arguments) == schema->complaint(arguments));
    // The plainest schema must not be among those refused, or nothing above was looked at.
    static const auto plainest = ArgumentsSchema::compile({{"type"_L1, "object"_L1}});
    FUZZ_CHECK(plainest && plainest->complaint(arguments).isEmpty());
    return 0;
}
