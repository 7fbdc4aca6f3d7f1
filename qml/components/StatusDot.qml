// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

Rectangle {
    required property string kind

    color: Theme.ofKind(kind)
    implicitHeight: 8
    implicitWidth: 8
    radius: 4
}
