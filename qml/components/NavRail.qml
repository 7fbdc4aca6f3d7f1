// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Loquat

/// The pages of the console.
Rectangle {
    id: rail

    property int current: 0
    required property int needsYou

    color: Theme.panel
    implicitWidth: Theme.railWidth

    ColumnLayout {
        anchors.bottomMargin: 12
        anchors.fill: parent
        anchors.topMargin: 12
        spacing: 6

        Rectangle {
            Layout.alignment: Qt.AlignHCenter
            Layout.bottomMargin: 12
            color: Theme.accentFill
            implicitHeight: 32
            implicitWidth: 32
            radius: Theme.radius

            BodyText {
                Accessible.name: "Loquat"
                anchors.centerIn: parent
                color: Theme.onFill
                font.pixelSize: 14
                font.weight: Font.DemiBold
                text: "L"
            }
        }

        Repeater {
            model: [
                { name: qsTr("Live"), icon: Icons.live },
                { name: qsTr("History"), icon: Icons.history },
                { name: qsTr("Tools"), icon: Icons.tools },
                { name: qsTr("Metrics"), icon: Icons.metrics },
                { name: qsTr("Settings"), icon: Icons.settings },
            ]

            NavButton {
                required property int index
                required property var modelData

                Layout.alignment: Qt.AlignHCenter
                Layout.fillHeight: index === 4
                alignBottom: index === 4
                badge: index === 0 ? rail.needsYou : 0
                checked: rail.current === index
                iconPath: modelData.icon
                text: modelData.name

                onClicked: rail.current = index
            }
        }
    }

    Rectangle {
        anchors.bottom: parent.bottom
        anchors.right: parent.right
        anchors.top: parent.top
        color: Theme.line
        width: 1
    }
}
