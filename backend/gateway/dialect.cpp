// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect.h"

#include <array>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array all{
    Dialect{"frames"_L1, dialects::encodeFrames},
    Dialect{"content"_L1, dialects::encodeContent},
    Dialect{"text"_L1, dialects::encodeText},
    Dialect{"sentinel"_L1, dialects::encodeSentinel},
};

} // namespace

const Dialect *findDialect(const QString &name)
{
    for (const Dialect &dialect : all)
        if (dialect.name == name)
            return &dialect;
    return nullptr;
}

const Dialect &framesDialect()
{
    return all.front();
}

QStringList dialectNames()
{
    QStringList names;
    for (const Dialect &dialect : all)
        names.append(dialect.name);
    return names;
}

} // namespace loquat
