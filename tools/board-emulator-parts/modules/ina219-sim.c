// SPDX-License-Identifier: GPL-2.0
/*
 * An I2C bus (number 1) with an INA219 at address 0x40, by its data sheet (SBOS448): configuration, shunt, bus, power, current and calibration
 * registers over plain I2C transfers. What it measures is set live in /sys/module/ina219_sim/parameters: shunt_uv, bus_mv; present=0 takes the
 * chip off the bus, so that every transfer is not acknowledged.
 */
#include <linux/i2c.h>
#include <linux/module.h>

#define BUS_NUMBER 1
#define CHIP_ADDRESS 0x40
#define CONVERSION_READY 2

static int shunt_uv = 50000;
static int bus_mv = 5000;
static bool present = true;
module_param(shunt_uv, int, 0644);
module_param(bus_mv, int, 0644);
module_param(present, bool, 0644);

static u8 pointer;
static u16 configuration = 0x399f;
static u16 calibration;

static u16 read_register(u8 number)
{
	s32 shunt = shunt_uv / 10;
	s32 current_value = shunt * calibration / 4096;

	switch (number) {
	case 0:
		return configuration;
	case 1:
		return (u16)(s16)shunt;
	case 2:
		return (u16)((bus_mv / 4) << 3) | CONVERSION_READY;
	case 3:
		return (u16)(abs(current_value) * (bus_mv / 4) / 5000);
	case 4:
		return (u16)(s16)clamp(current_value, -32768, 32767);
	case 5:
		return calibration;
	default:
		return 0xffff;
	}
}

static int transfer(struct i2c_adapter *adapter, struct i2c_msg *messages, int count)
{
	int i, j;

	for (i = 0; i < count; i++) {
		struct i2c_msg *message = &messages[i];

		if (!present || message->addr != CHIP_ADDRESS)
			return -ENXIO;
		if (message->flags & I2C_M_RD) {
			for (j = 0; j < message->len; j++)
				message->buf[j] = read_register(pointer) >> (j % 2 ? 0 : 8);
			continue;
		}
		if (message->len > 0)
			pointer = message->buf[0];
		if (message->len >= 3) {
			u16 value = message->buf[1] << 8 | message->buf[2];

			if (pointer == 0)
				configuration = value;
			else if (pointer == 5)
				calibration = value & 0xfffe;
		}
	}
	return count;
}

static u32 functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm algorithm = {
	.xfer = transfer,
	.functionality = functionality,
};

static struct i2c_adapter adapter = {
	.owner = THIS_MODULE,
	.name = "simulated bus",
	.algo = &algorithm,
	.nr = BUS_NUMBER,
};

static int __init begin(void)
{
	return i2c_add_numbered_adapter(&adapter);
}

static void __exit end(void)
{
	i2c_del_adapter(&adapter);
}

module_init(begin);
module_exit(end);
MODULE_DESCRIPTION("Simulated I2C bus with an INA219");
MODULE_LICENSE("GPL");
