// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect.h"

#include "gateway/dialect_ai_sdk.h"
#include "gateway/dialect_refusals.h"
#include "gateway/dialect_sentinel.h"

#include <array>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

template <QStringList (*encode)(const Outbound &)> Encode plain()
{
    return encode;
}

template <QStringList (*encode)(const Outbound &)> Encode withRefusalsLast()
{
    return RefusalsAfterReply(encode);
}

constexpr std::array all{
    Dialect{"frames"_L1, plain<dialects::encodeFrames>},
    Dialect{"content"_L1, withRefusalsLast<dialects::encodeContent>, true},
    Dialect{"text"_L1, withRefusalsLast<dialects::encodeText>, true},
    Dialect{"sentinel"_L1, [] { return Encode(RefusalsAfterReply(dialects::Sentinel())); }, true},
    Dialect{"ai-sdk"_L1, [] { return Encode(dialects::AiSdk()); }},
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
