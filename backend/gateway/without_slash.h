// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace loquat {

/// `path` as everybody compares it: a slash at its end means nothing.
template <typename Path> Path withoutSlash(Path path)
{
    if (path.size() > 1 && path.back() == u'/')
        path.chop(1);
    return path;
}

} // namespace loquat
