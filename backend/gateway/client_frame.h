// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QString>

namespace loquat {

/// What a client's text frame means.
struct ClientFrame
{
    enum class Kind { Message, Cancel, End, Ping, Auth };
    Kind kind = Kind::Message;
    QString text;           ///< what is said; of Auth the token
    bool interrupt = false; ///< barge-in: cancels the running reply and goes first
    int turn = 0;           ///< of a cancel: only this one; 0: whichever runs
};

/// Plain text is a message; so are {"message":"…"} and {"type":"message","content":"…"}. Text that only looks
/// like JSON, and JSON that is no object, is plain text. A JSON object that means nothing is an Error for the
/// client; `plainText`: one that has no type is a message as it is.
Expected<ClientFrame> parseClientFrame(const QString &frame, bool plainText = false);

} // namespace loquat
