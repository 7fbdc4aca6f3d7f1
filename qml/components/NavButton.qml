// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Loquat

/// A page on the rail; its name shows as a tooltip, its badge counts what waits there.
AbstractButton {
    id: button

    property bool alignBottom: false
    property int badge: 0
    required property string iconPath

    Accessible.checked: checked
    Accessible.name: badge > 0 ? qsTr("%1, %2 need you").arg(text).arg(badge) : text
    Accessible.role: Accessible.PageTab
    ToolTip.delay: 500
    ToolTip.text: text
    ToolTip.visible: hovered
    implicitHeight: 44
    implicitWidth: 44

    contentItem: Item {}

    Item {
        anchors.fill: parent

        Rectangle {
            id: plate

            anchors.bottom: button.alignBottom ? parent.bottom : undefined
            anchors.top: button.alignBottom ? undefined : parent.top
            color: button.checked || button.hovered ? Theme.raised : "transparent"
            height: 44
            radius: Theme.radius
            width: 44

            FocusRing { control: button }

            Icon {
                anchors.centerIn: parent
                path: button.iconPath
                tone: button.checked ? Theme.text : Theme.dim
            }

            Rectangle {
                anchors.left: parent.left
                anchors.leftMargin: -8
                anchors.verticalCenter: parent.verticalCenter
                color: Theme.accent
                height: 24
                radius: 1.5
                visible: button.checked
                width: 3
            }

            Rectangle {
                anchors.right: parent.right
                anchors.rightMargin: 2
                anchors.top: parent.top
                anchors.topMargin: 3
                color: Theme.warn
                height: 16
                radius: 8
                visible: button.badge > 0
                width: Math.max(16, count.implicitWidth + 8)

                BodyText {
                    id: count

                    anchors.centerIn: parent
                    color: Theme.onFill
                    font.pixelSize: 10
                    font.weight: Font.DemiBold
                    text: button.badge
                }
            }
        }
    }

    Keys.onEnterPressed: button.clicked()
    Keys.onReturnPressed: button.clicked()
}
