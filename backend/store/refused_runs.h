// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/error.h"
#include "store/encoded_event.h"

#include <QHash>

namespace loquat {

/// The sessions whose last event was refused: what was appended behind it, before the answer had come, is
/// refused as well, so that `seq` gets no gap. Not thread-safe.
class RefusedRuns
{
public:
    /// Why `event` must be refused, or null. One that was appended alone begins anew.
    const Error *against(const EncodedEvent &event);
    void note(const EncodedEvent &refused, const Error &why);

private:
    QHash<QByteArray, Error> m_sessions;
};

} // namespace loquat
