// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialect_replies.h"

#include <QStringList>

namespace loquat::dialects {

/// Raw tokens, then [END_OF_RESPONSE].
class Sentinel
{
public:
    QStringList operator()(const Outbound &message);

private:
    OpenReplies m_replies;
};

} // namespace loquat::dialects
