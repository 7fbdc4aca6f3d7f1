// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QJsonObject>

#include <memory>

namespace loquat {

/// The JSON Schema of a tool's arguments, compiled once.
class ArgumentsSchema
{
public:
    /// Fails with "tool_schema" if `schema` is not one.
    static Expected<ArgumentsSchema> compile(const QJsonObject &schema);

    /// Empty if `arguments` match; else what is wrong, naming the field, in words a model can act on.
    [[nodiscard]] QString complaint(const QJsonObject &arguments) const;

private:
    struct Compiled; // keeps valijson's templates out of every file that has a toolbox

    explicit ArgumentsSchema(std::shared_ptr<const Compiled> compiled)
        : m_compiled(std::move(compiled))
    {
    }

    std::shared_ptr<const Compiled> m_compiled;
};

} // namespace loquat
