"""Standard time of the cities that a Pentax can be set to, in minutes from UTC, by the camera's code for them.

ExifTool's table `pentaxCities` (codes 0 to 45; tags 0x0022 to 0x0026 name the city and its daylight saving). Cities
that have changed their standard time since (Caracas, Istanbul, Moscow) are left out.
"""

from typing import Final

STANDARD: Final = {
    **dict.fromkeys([0], -660),  # Pago Pago
    **dict.fromkeys([1], -600),  # Honolulu
    **dict.fromkeys([2], -540),  # Anchorage
    **dict.fromkeys([3, 4, 5], -480),  # Vancouver, San Francisco, Los Angeles
    **dict.fromkeys([6, 7], -420),  # Calgary, Denver
    **dict.fromkeys([8, 9], -360),  # Mexico City, Chicago
    **dict.fromkeys([10, 11, 12], -300),  # Miami, Toronto, New York
    **dict.fromkeys([13, 15], -240),  # Santiago, Halifax
    **dict.fromkeys([16, 17, 18], -180),  # Buenos Aires, Sao Paulo, Rio de Janeiro
    **dict.fromkeys([20], 0),  # London
    **dict.fromkeys([19, 21, 22, 23, 24], 60),  # Madrid, Paris, Milan, Rome, Berlin
    **dict.fromkeys([25, 27, 28], 120),  # Johannesburg, Cairo, Jerusalem
    **dict.fromkeys([30], 180),  # Jeddah
    **dict.fromkeys([31], 210),  # Tehran
    **dict.fromkeys([32], 240),  # Dubai
    **dict.fromkeys([34], 270),  # Kabul
    **dict.fromkeys([33, 35], 300),  # Karachi, Male
    **dict.fromkeys([36, 37], 330),  # Delhi, Colombo
    **dict.fromkeys([38], 345),  # Kathmandu
    **dict.fromkeys([39], 360),  # Dacca
    **dict.fromkeys([40], 390),  # Yangon
    **dict.fromkeys([41, 43, 45], 420),  # Bangkok, Vientiane, Phnom Penh
    **dict.fromkeys([42, 44], 480),  # Kuala Lumpur, Singapore
}
